package dev.lintel.faults.subject;

import dev.lintel.faults.process.PipelineProcess.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * How pipelines are started: the options that a user would give.
 *
 * @param module the folder of this module, built
 * @param checkpoints the folder for checkpoints
 * @param local the folder for local state
 */
public record Launch(Path module, Path checkpoints, Path local, Size size, Extras extras) {
  /**
   * @param heap of the JVM, such as {@code 512m}
   * @param intervalMillis between checkpoints
   */
  public record Size(String heap, long intervalMillis) {}

  /** Flags of the JVM and options of the pipeline that somebody wants to try. */
  public record Extras(List<String> jvm, List<String> options) {
    public static final Extras NONE = new Extras(List.of(), List.of());

    public Extras withJvm(String flag) {
      return new Extras(added(jvm, flag), options);
    }

    public Extras withOption(String option) {
      return new Extras(jvm, added(options, option));
    }

    private static List<String> added(List<String> all, String one) {
      return Stream.concat(all.stream(), Stream.of(one)).toList();
    }
  }

  public static final String JOB = "fault-test";
  public static final long LEASE_MILLIS = 2_000;

  /** The class path of the pipeline's process, as the build has written it down. */
  private String classPath() {
    try {
      return module.resolve("target/classes")
          + ":"
          + Files.readString(module.resolve("target/pipeline-classpath"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Command command(String main, List<String> arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--runner=LintelRunner",
                "--jobName=" + JOB,
                "--parallelism=2",
                "--maxBundleSize=100",
                "--checkpointDir=" + checkpoints,
                "--stateDirectory=" + local,
                "--checkpointIntervalMillis=" + size.intervalMillis(),
                "--leaseMillis=" + LEASE_MILLIS));
    all.addAll(arguments);
    all.addAll(extras.options());
    return new Command(jvm(), classPath(), main, all);
  }

  private List<String> jvm() {
    List<String> flags =
        List.of(
            "-Xmx" + size.heap(),
            // These runs are short: most of their time is the start of the JVM.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Djava.util.logging.config.file=" + module.resolveSibling("config/logging.properties"),
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED");
    return Stream.concat(flags.stream(), extras.jvm().stream()).toList();
  }
}
