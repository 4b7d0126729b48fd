package dev.lintel.benchmarks.compare;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of every driver that say how the JVMs of its runs are started. */
public final class JvmOptions {
  @Option(names = "--heap", description = "The heap of each JVM (default: ${DEFAULT-VALUE}).")
  private String heap = "4g";

  @Option(
      names = "--java",
      split = " ",
      description = "The command that starts a JVM, such as \"taskset 3 java\".")
  private List<String> java =
      List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());

  @Option(names = "--profile", description = "Keep a flight recording of each run.")
  private boolean profile;

  public String heap() {
    return heap;
  }

  public List<String> java() {
    return java;
  }

  public boolean profile() {
    return profile;
  }
}
