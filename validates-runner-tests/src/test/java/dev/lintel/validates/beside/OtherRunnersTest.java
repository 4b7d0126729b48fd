package dev.lintel.validates.beside;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lintel beside the jars of FlinkRunner and SparkRunner. */
class OtherRunnersTest {
  private static final long LIMIT_SECONDS = 120;

  private @TempDir Path folder;

  @Test
  void lintelRunsAndUnderstandsTheOptionsThatOthersHaveToo() throws Exception {
    Path checkpoints = folder.resolve("checkpoints");
    String output =
        run(
            SumOfNumbers.class,
            "--runner=LintelRunner",
            "--jobName=beside",
            "--parallelism=2",
            "--maxParallelism=16",
            "--stateBackend=heap",
            "--controlPort=-1",
            "--checkpointIntervalMillis=1000",
            "--checkpointTimeoutMillis=60000",
            "--checkpointDir=" + checkpoints,
            "--maxBundleSize=7");
    assertThat(output).contains("sum=312487500", "state=DONE", "largestBundle=7");
    assertThat(checkpoints.resolve("beside")).isDirectory();
  }

  @Test
  void defaultsOfOthersAreNotLintels() throws Exception {
    String output =
        run(
            SumOfNumbers.class,
            "--runner=LintelRunner",
            "--parallelism=1",
            "--controlPort=-1",
            "--checkpointIntervalMillis=1000",
            "--maxBundleTimeMillis=" + LIMIT_SECONDS * 1_000);
    assertThat(output).contains("sum=312487500", "state=DONE", "largestBundle=10000");
    assertThat(output).contains("Checkpoints go to").contains("give the job a --checkpointDir");
  }

  @Test
  void optionsOfOthersStayTheirOwn() throws Exception {
    String flink = "org.apache.beam.runners.flink.FlinkPipelineOptions.";
    String spark = "org.apache.beam.runners.spark.SparkPipelineOptions.";
    List<String> getters =
        List.of(
            flink + "getParallelism",
            flink + "getMaxParallelism",
            flink + "getStateBackend",
            flink + "getCheckpointTimeoutMillis",
            flink + "getMaxBundleSize",
            spark + "getCheckpointDir");
    String output =
        run(
            PrintedOptions.class,
            String.join(",", getters),
            "--runner=FlinkRunner",
            "--jobName=beside",
            "--parallelism=3");
    assertThat(output)
        .contains(
            "runner=FlinkRunner",
            "getParallelism=3",
            "getMaxParallelism=-1",
            "getStateBackend=null",
            "getCheckpointTimeoutMillis=-1",
            "getMaxBundleSize=5000",
            "getCheckpointDir=/tmp/beside");
  }

  /** In a JVM with the class path of Lintel and the jars of the others. */
  private String run(Class<?> program, String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                classPath(),
                program.getName()));
    command.addAll(List.of(args));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          "Expected an end within " + LIMIT_SECONDS + " s: " + Files.readString(output));
    }
    String said = Files.readString(output);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  /** The build makes both parts: see the pom. */
  private static String classPath() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    String jars = target.resolve("beside").toString();
    return String.join(
        File.pathSeparator,
        target.resolve("test-classes").toString(),
        Files.readString(target.resolve("classpaths/lintel")).strip(),
        Path.of(jars, "beam-runners-flink.jar").toString(),
        Path.of(jars, "beam-runners-spark.jar").toString());
  }
}
