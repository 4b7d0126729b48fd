package dev.lintel.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script {@code ./lintel}, in a project folder that has a space in its name and a Maven that
 * only writes down that it was called: the build itself is not the subject, when it is called is.
 */
class LintelScriptTest {
  private static final List<String> MODULES =
      List.of("translation", "state-internals", "timers", "runner", "kafka", "examples", "console");
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
  private static final FileTime YESTERDAY = FileTime.from(Instant.parse("2026-01-02T00:00:00Z"));

  @TempDir Path temporary;
  private Path project;
  private Path mavenCalls;

  @BeforeEach
  void createProject() throws IOException {
    project = Files.createDirectory(temporary.resolve("a project"));
    mavenCalls = temporary.resolve("maven-calls");
    Files.copy(Path.of("../lintel"), project.resolve("lintel"));
    executable(project.resolve("lintel"));
    Files.createFile(project.resolve("pom.xml"));
    for (String module : MODULES) {
      Files.createDirectories(project.resolve(module + "/src/main/java"));
      Files.createDirectories(project.resolve(module + "/target/classes"));
      Files.createFile(project.resolve(module + "/pom.xml"));
    }
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    Path maven = bin.resolve("mvn");
    Files.write(
        maven,
        List.of(
            "#!/bin/sh",
            "echo called >>'" + mavenCalls + "'",
            "[ ! -e '" + temporary + "/break-build' ] || exit 1",
            "for module in runner examples console; do",
            "  printf '%s' '" + testClasses() + "' >$module/target/lintel-classpath",
            "done"));
    executable(maven);
  }

  @Test
  void withoutArgumentsItPrintsTheUsage() throws Exception {
    Outcome outcome = lintel();

    assertThat(outcome.exitStatus).isZero();
    assertThat(outcome.output).startsWith("usage: ./lintel COMMAND");
    assertThat(lintel("help").output).isEqualTo(outcome.output);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fly", "run", "run --jar=/nowhere.jar --class=X", "example", "example x"})
  void whatItCannotUnderstandIsOneErrorWithStatusTwo(String arguments) throws Exception {
    Outcome outcome = lintel(arguments.split(" "));

    assertThat(outcome.exitStatus).isEqualTo(2);
    assertThat(outcome.output.lines()).hasSize(1).first().asString().startsWith("lintel: Expected");
    assertThat(mavenCalls).doesNotExist();
  }

  @Test
  void everyExampleIsAProgramThatTheUsageNames() throws Exception {
    String usage = lintel("help").output.replaceAll("\\s+", " ");
    Matcher examples =
        Pattern.compile("\n    ([a-z-]+)\\) class=(\\w+) ;;")
            .matcher(Files.readString(Path.of("../lintel")));
    int count = 0;
    while (examples.find()) {
      count++;
      assertThat(usage).containsPattern("Runs an example:[^.]*\\b" + examples.group(1) + "\\b");
      Class<?> example = Class.forName("dev.lintel.examples." + examples.group(2));
      assertThat(example.getMethod("main", String[].class)).isNotNull();
    }
    assertThat(count).isEqualTo(9);
  }

  @Test
  void argumentsReachThePipelineAsTheyAreAndItsExitStatusComesBack() throws Exception {
    Outcome outcome = runEcho(Map.of(), "--status=7", "--text=two words", "--pattern=*");

    assertThat(outcome.exitStatus).isEqualTo(7);
    assertThat(outcome.output)
        .contains("[--runner=LintelRunner, --status=7, --text=two words, --pattern=*]");
  }

  @Test
  void aRunnerThatIsGivenStays() throws Exception {
    Outcome outcome = runEcho(Map.of(), "--status=0", "--runner=DirectRunner");

    assertThat(outcome.exitStatus).isZero();
    assertThat(outcome.output).contains("[--status=0, --runner=DirectRunner]");
  }

  @Test
  void flagsForTheJvmComeFromTheEnvironment() throws Exception {
    Outcome outcome =
        runEcho(Map.of("LINTEL_JAVA_OPTS", "-Dlintel.echo=hello -Xmx64m"), "--status=0");

    assertThat(outcome.output).contains("lintel.echo=hello");
  }

  @Test
  void theJarMayHaveASpaceInItsNameAndBeRelative() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("my jars"));
    Path classes = folder.resolve("dev/lintel/examples");
    Files.createDirectories(classes);
    String name = "LintelScriptTest$EchoProgram.class";
    Files.copy(Path.of("target/test-classes/dev/lintel/examples", name), classes.resolve(name));

    Outcome outcome =
        lintel("run", "--class=" + EchoProgram.class.getName(), "--jar=my jars", "--status=3");

    assertThat(outcome.exitStatus).as(outcome.output).isEqualTo(3);
  }

  @Test
  void itBuildsOnceAndAgainWhenASourceHasChanged() throws Exception {
    runEcho(Map.of(), "--status=0");
    runEcho(Map.of(), "--status=0");
    assertThat(mavenCalls).as("calls after two runs").hasContent("called");

    // The stamp is made older than a new source, so that no run has to wait for the clock.
    ageEverything();
    runEcho(Map.of(), "--status=0");
    assertThat(mavenCalls).as("calls when nothing has changed").hasContent("called");
    Files.createFile(project.resolve("timers/src/main/java/New.java"));
    Outcome outcome = runEcho(Map.of(), "--status=0");

    assertThat(outcome.exitStatus).as(outcome.output).isZero();
    assertThat(mavenCalls).as("calls after a change").hasContent("called\ncalled");
  }

  @Test
  void itBuildsAgainWhenALibraryIsGone() throws Exception {
    runEcho(Map.of(), "--status=0");
    Files.writeString(project.resolve("examples/target/lintel-classpath"), "/gone/library.jar");

    runEcho(Map.of(), "--status=0");

    assertThat(mavenCalls).hasContent("called\ncalled");
  }

  @Test
  void aBuildThatFailsEndsItAndIsTriedAgain() throws Exception {
    Files.createFile(temporary.resolve("break-build"));
    Outcome broken = runEcho(Map.of(), "--status=0");
    Files.delete(temporary.resolve("break-build"));
    Outcome mended = runEcho(Map.of(), "--status=0");

    assertThat(broken.exitStatus).isEqualTo(1);
    assertThat(broken.output).contains("lintel: The build failed").doesNotContain("--status=0");
    assertThat(mended.exitStatus).as(mended.output).isZero();
  }

  /** Stands for a user's pipeline: prints what it got and exits with the status it is told. */
  static final class EchoProgram {
    private EchoProgram() {}

    public static void main(String[] arguments) {
      System.out.println(List.of(arguments));
      System.out.println("lintel.echo=" + System.getProperty("lintel.echo"));
      for (String argument : arguments) {
        if (argument.startsWith("--status=")) {
          System.exit(Integer.parseInt(argument.substring("--status=".length())));
        }
      }
    }
  }

  private Outcome runEcho(Map<String, String> environment, String... options) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.add("run");
    arguments.add("--class=" + EchoProgram.class.getName());
    arguments.add("--jar=" + testClasses());
    arguments.addAll(List.of(options));
    return lintel(environment, arguments);
  }

  private Outcome lintel(String... arguments) throws Exception {
    return lintel(Map.of(), List.of(arguments));
  }

  /** Runs the script from another folder than its own. */
  private Outcome lintel(Map<String, String> environment, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(project.resolve("lintel").toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(temporary.toFile());
    builder.environment().putAll(environment);
    builder.environment().remove("CLASSPATH");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder
        .environment()
        .merge(
            "PATH",
            temporary.resolve("bin").toString(),
            (old, bin) -> bin + File.pathSeparator + old);
    Path output = Files.createTempFile(temporary, "output", ".txt");
    Process process = builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ends").isTrue();
    return new Outcome(process.exitValue(), Files.readString(output));
  }

  private record Outcome(int exitStatus, String output) {}

  /** Makes all sources old, and what was built a little less so. */
  private void ageEverything() throws IOException {
    try (var files = Files.walk(project)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, LONG_AGO);
      }
    }
    Files.setLastModifiedTime(project.resolve(".lintel/built"), YESTERDAY);
  }

  private static String testClasses() {
    return Path.of("target/test-classes").toAbsolutePath().toString();
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
