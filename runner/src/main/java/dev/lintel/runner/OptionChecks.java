package dev.lintel.runner;

import dev.lintel.runner.compatibility.Renames;
import java.util.ArrayList;
import java.util.List;

/** Checks the options' values, all at once, so that a user mends them in one go. */
final class OptionChecks {
  /** Key groups are written as two bytes. */
  private static final int MAX_PARALLELISM_LIMIT = 1 << 15;

  static final int STATE_MEMORY_MIB_MIN = 16;

  private static final int PORT_MAX = 65_535;

  /** The runner and Beam themselves. */
  private static final int HEAP_MIB_MIN = 16;

  /** What a slot's tasks hold when their channels are full of small elements. */
  private static final int HEAP_MIB_PER_SLOT = 2;

  private static final List<String> STATE_BACKENDS =
      List.of(OptionValues.ROCKSDB, OptionValues.HEAP);

  private static final List<String> RESTART_STRATEGIES =
      List.of(Survival.NONE, Survival.FIXED, Survival.EXPONENTIAL);

  private OptionChecks() {}

  /**
   * @param heapBytes the largest heap of the JVM
   * @throws InvalidOptionsException if an option can't be used, naming every one of them
   */
  static void check(LintelPipelineOptions options, long heapBytes) {
    List<String> problems = new ArrayList<>();
    int parallelism = OptionValues.parallelism(options);
    atLeast(problems, "parallelism", parallelism, 1);
    int maxParallelism = OptionValues.maxParallelism(options);
    if (maxParallelism < Math.max(1, parallelism) || maxParallelism > MAX_PARALLELISM_LIMIT) {
      problems.add(
          "Expected --maxParallelism between --parallelism ("
              + parallelism
              + ") and "
              + MAX_PARALLELISM_LIMIT
              + ", but it is "
              + maxParallelism);
    }
    String backend = OptionValues.stateBackend(options);
    if (!STATE_BACKENDS.contains(backend)) {
      problems.add(
          "Expected --stateBackend to be one of " + STATE_BACKENDS + ", but it is " + backend);
    }
    atLeast(problems, "maxBundleSize", ContestedOptions.maxBundleSize(options), 1);
    atLeast(problems, "maxBundleTimeMillis", options.getMaxBundleTimeMillis(), 0);
    atLeast(problems, "idleSourceTimeoutMillis", options.getIdleSourceTimeoutMillis(), 0);
    atLeast(problems, "cancelTimeoutMillis", options.getCancelTimeoutMillis(), 1);
    atLeast(problems, "metricsPushPeriod", options.getMetricsPushPeriod(), 1);
    atLeast(problems, "stateMemoryMiB", options.getStateMemoryMiB(), STATE_MEMORY_MIB_MIN);
    Integer controlPort = options.getControlPort();
    if (controlPort != null && (controlPort < -1 || controlPort > PORT_MAX)) {
      problems.add(
          "Expected --controlPort between -1 and " + PORT_MAX + ", but it is " + controlPort);
    }
    checkHeap(problems, options, heapBytes >> 20);
    checkSurvival(problems, options);
    if (!problems.isEmpty()) {
      throw new InvalidOptionsException(String.join("; ", problems));
    }
  }

  private static void checkSurvival(List<String> problems, LintelPipelineOptions options) {
    Long interval = options.getCheckpointIntervalMillis();
    if (interval != null) {
      atLeast(problems, "checkpointIntervalMillis", interval, 0);
    }
    atLeast(
        problems,
        "minPauseBetweenCheckpointsMillis",
        options.getMinPauseBetweenCheckpointsMillis(),
        0);
    atLeast(problems, "leaseMillis", options.getLeaseMillis(), 100);
    atLeast(problems, "checkpointTimeoutMillis", OptionValues.checkpointTimeoutMillis(options), 1);
    atLeast(problems, "checkpointsRetained", options.getCheckpointsRetained(), 1);
    atLeast(problems, "tolerableCheckpointFailures", options.getTolerableCheckpointFailures(), 0);
    atLeast(problems, "alignmentTimeoutMillis", options.getAlignmentTimeoutMillis(), 0);
    atLeast(problems, "restartAttempts", options.getRestartAttempts(), 0);
    atLeast(problems, "restartDelayMillis", options.getRestartDelayMillis(), 0);
    atLeast(
        problems,
        "restartMaxDelayMillis",
        options.getRestartMaxDelayMillis(),
        options.getRestartDelayMillis());
    try {
      Renames unused = Renames.parse(options.getRenames());
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    String strategy = options.getRestartStrategy();
    if (strategy != null && !RESTART_STRATEGIES.contains(strategy)) {
      problems.add(
          "Expected --restartStrategy to be one of "
              + RESTART_STRATEGIES
              + ", but it is "
              + strategy);
    }
  }

  /** What can't go well is refused now, instead of failing hours later. */
  private static void checkHeap(
      List<String> problems, LintelPipelineOptions options, long heapMiB) {
    int parallelism = OptionValues.parallelism(options);
    long neededMiB = HEAP_MIB_MIN + (long) HEAP_MIB_PER_SLOT * parallelism;
    if (heapMiB < neededMiB) {
      problems.add(
          "Expected a heap of at least "
              + neededMiB
              + " MiB for --parallelism="
              + parallelism
              + ", but the largest heap of this JVM is "
              + heapMiB
              + " MiB: set -Xmx"
              + neededMiB
              + "m or more, or a lower --parallelism");
    }
    if (OptionValues.stateBackend(options).equals(OptionValues.ROCKSDB)
        && options.getStateMemoryMiB() > heapMiB) {
      problems.add(
          "Expected --stateMemoryMiB to be at most "
              + heapMiB
              + ", the largest heap of this JVM, half of which its cached values may then take, but it"
              + " is "
              + options.getStateMemoryMiB()
              + ": set it lower, or -Xmx"
              + options.getStateMemoryMiB()
              + "m or more");
    }
  }

  private static void atLeast(List<String> problems, String option, long value, long least) {
    if (value < least) {
      problems.add("Expected --" + option + " to be at least " + least + ", but it is " + value);
    }
  }
}
