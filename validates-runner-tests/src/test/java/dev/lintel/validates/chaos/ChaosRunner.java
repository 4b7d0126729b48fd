package dev.lintel.validates.chaos;

import dev.lintel.runner.LintelPipelineOptions;
import dev.lintel.runner.LintelRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * Lintel under fire: checkpoints every few milliseconds, and tasks that fail, at places that the
 * system property {@code chaos.seed} and the name of the test choose. Each run leaves a line in the
 * file {@code chaos.report}; the tests in {@code chaos.spared} have checkpoints, but no faults.
 */
public final class ChaosRunner extends PipelineRunner<PipelineResult> {
  private static final Map<String, Integer> RUNS = new ConcurrentHashMap<>();

  /**
   * A snapshot of it is a file for each key. RocksDB compares the files' smallest and largest keys
   * to choose what to compact, and copies them for that under its lock: minutes, if they have 100
   * MB each and there are dozens of snapshots.
   */
  private static final String HUGE_KEYS = "testLargeKeys100MB";

  /** What is in the file is this run's. Under the lock of the class. */
  private static boolean reported;

  private final LintelPipelineOptions options;

  private ChaosRunner(LintelPipelineOptions options) {
    this.options = options;
  }

  /** Called by Beam by reflection, before the pipeline is built. */
  public static ChaosRunner fromOptions(PipelineOptions options) {
    LintelRunner.fromOptions(options);
    return new ChaosRunner(options.as(LintelPipelineOptions.class));
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    String name = options.as(ApplicationNameOptions.class).getAppName();
    int run = RUNS.merge(name, 1, Integer::sum);
    long seed = Seeds.mix(Seeds.mix(Long.getLong("chaos.seed", 1), name), run);
    ChaosSettings settings = ChaosSettings.of(seed);
    settings.apply(options, SeededFaults.RESTARTS_MAX);
    if (name.endsWith(HUGE_KEYS)) {
      options.setStateBackend("heap");
    }
    SeededFaults faults = new SeededFaults(seed);
    try {
      return isSpared(name)
          ? LintelRunner.fromOptions(options).run(pipeline)
          : LintelRunner.withFaults(options, faults).run(pipeline);
    } finally {
      report(name, settings, faults);
    }
  }

  /** The application is named after the simple names of the test's classes. */
  private static boolean isSpared(String name) {
    return spared().contains(name);
  }

  private static Set<String> spared() {
    String file = System.getProperty("chaos.spared", "");
    if (file.isEmpty()) {
      return Set.of();
    }
    try {
      return Files.readAllLines(Path.of(file)).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .map(line -> line.substring(line.lastIndexOf('.') + 1).replace('#', '-'))
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new IllegalStateException("Expected to read " + file, e);
    }
  }

  private static synchronized void report(
      String name, ChaosSettings settings, SeededFaults faults) {
    String file = System.getProperty("chaos.report", "");
    if (file.isEmpty()) {
      return;
    }
    String line =
        "%s\t%d\t%d\t%s\t%s%n"
            .formatted(name, faults.attempts(), faults.checkpoints(), faults.describe(), settings);
    try {
      Path path = Path.of(file).toAbsolutePath();
      Files.createDirectories(path.getParent());
      Files.writeString(
          path,
          line,
          StandardOpenOption.CREATE,
          reported ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
      reported = true;
    } catch (IOException e) {
      throw new IllegalStateException("Expected to write " + file, e);
    }
  }
}
