package dev.lintel.benchmarks.compare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one broker of a comparison, which is started when a run first needs it. It ends with the
 * driver, even if that is killed.
 *
 * <p><i>Ownership:</i> one thread.
 */
final class BrokerProcess implements AutoCloseable {
  /** Names its class path. */
  static final String CLASS_PATH = "(broker)";

  private static final String PROGRAM = "dev.lintel.benchmarks.broker.BrokerProgram";

  private final List<String> java;
  private final ClassPaths classPaths;
  private @Nullable Process process;
  private @Nullable Path folder;
  private String address = "";

  /**
   * @param java the command that starts a JVM
   */
  BrokerProcess(List<String> java, ClassPaths classPaths) {
    this.java = java;
    this.classPaths = classPaths;
  }

  /**
   * @throws IllegalStateException if it does not come up
   */
  String address() throws IOException {
    if (process == null) {
      Path data = Files.createTempDirectory("lintel-compare-broker-");
      List<String> command = new ArrayList<>(java);
      command.addAll(List.of("-cp", classPaths.of(CLASS_PATH), PROGRAM, data.toString()));
      Process started =
          new ProcessBuilder(command).redirectError(data.resolve("program.log").toFile()).start();
      process = started;
      folder = data;
      String line =
          new BufferedReader(
                  new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      if (line == null) {
        throw new IllegalStateException(
            "Expected a broker, but it did not come up: " + data.resolve("program.log"));
      }
      address = line;
    }
    return address;
  }

  @Override
  public void close() throws IOException {
    Process ending = process;
    if (ending == null || folder == null) {
      return;
    }
    // It ends its broker when nothing more can be sent to it.
    ending.getOutputStream().close();
    ending.onExit().join();
    ChildJvm.delete(folder);
  }
}
