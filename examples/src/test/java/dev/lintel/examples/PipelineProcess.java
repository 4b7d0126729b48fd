package dev.lintel.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A pipeline in a JVM of its own, as a user starts it. Closing it kills the process if it still
 * runs.
 */
final class PipelineProcess implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 180;

  private final Process process;
  private final Path output;

  private PipelineProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts an example.
   *
   * @param folder where the output of the process is kept
   */
  static PipelineProcess start(
      TestedRunner runner, Path folder, Class<?> example, List<String> options) throws IOException {
    return start(runner, folder, example, options, "768m");
  }

  private static PipelineProcess start(
      TestedRunner runner, Path folder, Class<?> example, List<String> options, String heap)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    // These runs are short: most of their time is the start of the JVM.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-XX:+UseSerialGC");
    command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
    command.add("-cp");
    command.add(classPath(runner, example));
    command.add(example.getName());
    command.add(runner.flag());
    command.addAll(options);
    Path output = Files.createTempFile(folder, "output-of-" + runner + "-", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new PipelineProcess(process, output);
  }

  /** That of a user, and for a program that belongs to the tests their classes as well. */
  private static String classPath(TestedRunner runner, Class<?> program) {
    String home = program.getProtectionDomain().getCodeSource().getLocation().getPath();
    String testClasses = Path.of("target/test-classes").toAbsolutePath().toString();
    return Path.of(home).equals(Path.of(testClasses))
        ? runner.classPath() + File.pathSeparator + testClasses
        : runner.classPath();
  }

  /** Runs an example to its end and returns what came of it. */
  static Finished run(TestedRunner runner, Path folder, Class<?> example, List<String> options)
      throws IOException, InterruptedException {
    try (PipelineProcess pipeline = start(runner, folder, example, options)) {
      return pipeline.waitFor();
    }
  }

  /** The same in a heap of another size, such as {@code 128m}. */
  static Finished runInHeap(
      String heap, TestedRunner runner, Path folder, Class<?> example, List<String> options)
      throws IOException, InterruptedException {
    try (PipelineProcess pipeline = start(runner, folder, example, options, heap)) {
      return pipeline.waitFor();
    }
  }

  Finished waitFor() throws IOException, InterruptedException {
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError(
          "Expected the pipeline to end within "
              + TIMEOUT_SECONDS
              + " s, but it still runs:\n"
              + output());
    }
    return new Finished(process.exitValue(), output());
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** What the process has written so far, standard output and error together. */
  String output() throws IOException {
    return Files.readString(output);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /**
   * A process that has ended.
   *
   * @param output what it wrote to standard output and error
   */
  record Finished(int exitStatus, String output) {
    void assertSucceeded() {
      if (exitStatus != 0) {
        throw new AssertionError(
            "Expected the pipeline to succeed, but its exit status is "
                + exitStatus
                + ":\n"
                + output);
      }
    }
  }
}
