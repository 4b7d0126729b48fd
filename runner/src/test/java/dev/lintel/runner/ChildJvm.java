package dev.lintel.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a class of the tests in a JVM of its own: for what would harm the JVM of the tests. */
final class ChildJvm {
  private final Process process;
  private final Path output;

  /** How it ended, and all that it printed. */
  record End(int status, String output) {}

  private ChildJvm(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * @param before what the JVM is run by: a command and its arguments, or nothing
   * @param flags of the JVM
   */
  static ChildJvm start(
      List<String> before, List<String> flags, Class<?> main, List<String> args, Path folder)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(args);
    Path output = folder.resolve("output-of-child.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new ChildJvm(process, output);
  }

  /** Sends it a SIGTERM. */
  void terminate() {
    process.destroy();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Kills it and throws if it has not ended in time. */
  End await(long seconds) throws IOException, InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          "Expected the process to end within "
              + seconds
              + " s, but it runs on and said: "
              + Files.readString(output));
    }
    return new End(process.exitValue(), Files.readString(output));
  }
}
