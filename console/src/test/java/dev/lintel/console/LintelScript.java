package dev.lintel.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The script {@code ./lintel} in a folder that it takes for a project which has been built: with
 * the class path of the test. Processes that it left running are killed at the end.
 */
final class LintelScript implements AutoCloseable {
  private static final List<String> MODULES =
      List.of("translation", "state-internals", "timers", "runner", "kafka", "examples", "console");
  private static final Pattern STARTED = Pattern.compile("Process (\\d+), log (.+)");
  private static final long TIMEOUT_SECONDS = 120;
  private static final long POLL_MILLIS = 20;

  private final Path folder;
  private final List<ProcessHandle> started = new ArrayList<>();

  LintelScript(Path folder) throws IOException {
    this.folder = folder;
    Path script = Files.copy(Path.of("../lintel"), folder.resolve("lintel"));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(folder.resolve("config"));
    Files.copy(
        Path.of("../config/logging.properties"), folder.resolve("config/logging.properties"));
    Files.createFile(folder.resolve("pom.xml"));
    for (String module : MODULES) {
      Files.createDirectories(folder.resolve(module + "/src/main"));
      Path target = Files.createDirectories(folder.resolve(module + "/target/classes"));
      Files.createFile(folder.resolve(module + "/pom.xml"));
      Files.writeString(target.resolveSibling("lintel-classpath"), classPath());
    }
    // Last: what is older than this is taken for built.
    Files.createDirectory(folder.resolve(".lintel"));
    Files.createFile(folder.resolve(".lintel/built"));
  }

  /** All of it is there: the script builds again if something is not. */
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(each -> !each.isEmpty() && new File(each).exists())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * What a command has come to.
   *
   * @param output standard output and error together
   */
  record Outcome(int status, String output) {
    Outcome assertGood() {
      assertThat(status).as(output).isZero();
      return this;
    }
  }

  Outcome run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(folder.resolve("lintel").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("CLASSPATH");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // These runs are short: most of their time is the start of the JVM.
    builder
        .environment()
        .put("LINTEL_JAVA_OPTS", "-Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    File output = Files.createTempFile(folder, "output", ".txt").toFile();
    Process process = builder.redirectErrorStream(true).redirectOutput(output).start();
    boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String text = Files.readString(output.toPath());
    assertThat(ended).as("%s ends: %s", command, text).isTrue();
    return new Outcome(process.waitFor(), text);
  }

  /** A pipeline in the background. */
  final class Background {
    private final ProcessHandle process;
    private final Path log;

    private Background(ProcessHandle process, Path log) {
      this.process = process;
      this.log = log;
    }

    /** As {@code kill} does. */
    void terminate() {
      process.destroy();
    }

    void awaitEnd() throws Exception {
      process.onExit().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    String log() throws IOException {
      return Files.readString(log);
    }

    /** Waits while the pipeline runs. */
    void await(Condition condition) throws Exception {
      long polls = TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS) / POLL_MILLIS;
      while (!condition.isMet()) {
        polls--;
        assertThat(polls).as("polls that are left: %s", log()).isPositive();
        assertThat(hasEnded()).as("the pipeline has ended: %s", log()).isFalse();
      }
    }

    private boolean hasEnded() throws InterruptedException, ExecutionException {
      try {
        process.onExit().get(POLL_MILLIS, TimeUnit.MILLISECONDS);
        return true;
      } catch (TimeoutException e) {
        return false;
      }
    }
  }

  interface Condition {
    boolean isMet() throws IOException;
  }

  /** Starts a pipeline, which runs when this returns. */
  Background start(List<String> options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(options);
    arguments.add(0, "start");
    Outcome outcome = run(arguments.toArray(new String[0])).assertGood();
    Matcher told = STARTED.matcher(outcome.output());
    assertThat(told.find()).as(outcome.output()).isTrue();
    ProcessHandle process = ProcessHandle.of(Long.parseLong(told.group(1))).orElseThrow();
    started.add(process);
    assertThat(outcome.output()).containsPattern("Job [^ ]+ runs\\.");
    return new Background(process, Path.of(told.group(2)));
  }

  @Override
  public void close() {
    started.forEach(ProcessHandle::destroyForcibly);
    started.forEach(each -> each.onExit().join());
  }
}
