package dev.lintel.runner;

import java.util.ArrayList;
import java.util.List;

/** Checks the options' values, all at once, so that a user mends them in one go. */
final class OptionChecks {
  /** Key groups are written as two bytes. */
  private static final int MAX_PARALLELISM_LIMIT = 1 << 15;

  static final int STATE_MEMORY_MIB_MIN = 16;

  static final String ROCKSDB = "rocksdb";
  static final String HEAP = "heap";
  private static final List<String> STATE_BACKENDS = List.of(ROCKSDB, HEAP);

  private OptionChecks() {}

  static void check(LintelPipelineOptions options) {
    List<String> problems = new ArrayList<>();
    atLeast(problems, "parallelism", options.getParallelism(), 1);
    if (options.getMaxParallelism() < Math.max(1, options.getParallelism())
        || options.getMaxParallelism() > MAX_PARALLELISM_LIMIT) {
      problems.add(
          "Expected --maxParallelism between --parallelism ("
              + options.getParallelism()
              + ") and "
              + MAX_PARALLELISM_LIMIT
              + ", but it is "
              + options.getMaxParallelism());
    }
    if (!STATE_BACKENDS.contains(options.getStateBackend())) {
      problems.add(
          "Expected --stateBackend to be one of "
              + STATE_BACKENDS
              + ", but it is "
              + options.getStateBackend());
    }
    atLeast(problems, "maxBundleSize", options.getMaxBundleSize(), 1);
    atLeast(problems, "maxBundleTimeMillis", options.getMaxBundleTimeMillis(), 0);
    atLeast(problems, "idleSourceTimeoutMillis", options.getIdleSourceTimeoutMillis(), 0);
    atLeast(problems, "stateMemoryMiB", options.getStateMemoryMiB(), STATE_MEMORY_MIB_MIN);
    if (!problems.isEmpty()) {
      throw new InvalidOptionsException(String.join("; ", problems));
    }
  }

  private static void atLeast(List<String> problems, String option, long value, long least) {
    if (value < least) {
      problems.add("Expected --" + option + " to be at least " + least + ", but it is " + value);
    }
  }
}
