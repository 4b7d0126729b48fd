package dev.lintel.validates.chaos;

import dev.lintel.runner.BundleSizeOptions;
import dev.lintel.runner.LintelPipelineOptions;
import java.util.SplittableRandom;

/**
 * How one job runs: what its seed means beside the faults.
 *
 * @param backend where state is kept
 * @param parallelism of the first attempt; others may have more or less
 * @param intervalMillis between checkpoints
 * @param alignmentTimeoutMillis zero: barriers always overtake
 * @param bundleSize the most elements of a bundle
 */
record ChaosSettings(
    String backend,
    int parallelism,
    long intervalMillis,
    long alignmentTimeoutMillis,
    int bundleSize) {
  private static final String[] BACKENDS = {"heap", "heap", "rocksdb"};
  private static final long[] ALIGNMENT_TIMEOUTS = {0, 0, 3, 1_000};

  /** More would take longer, and find no more. */
  static final int SLOTS_MAX = 3;

  private static final int STATE_MEMORY_MIB = 64;

  /**
   * Two at least: a slice of one makes a DoFn that emits, and then claims what is left, process it
   * again (SplittableDoFnTest.BundleFinalizingSplittableDoFn).
   */
  private static final int[] BUNDLE_SIZES = {2, 10, 10_000};

  static ChaosSettings of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new ChaosSettings(
        BACKENDS[random.nextInt(BACKENDS.length)],
        random.nextInt(1, SLOTS_MAX + 1),
        random.nextLong(1, 9),
        ALIGNMENT_TIMEOUTS[random.nextInt(ALIGNMENT_TIMEOUTS.length)],
        BUNDLE_SIZES[random.nextInt(BUNDLE_SIZES.length)]);
  }

  /**
   * @param restartsMax so many failures must not end the job
   */
  void apply(LintelPipelineOptions options, int restartsMax) {
    options.setStateBackend(backend);
    options.setParallelism(parallelism);
    options.as(BundleSizeOptions.class).setMaxBundleSize(bundleSize);
    options.setStateMemoryMiB(STATE_MEMORY_MIB);
    options.setCheckpointIntervalMillis(intervalMillis);
    // Where a checkpoint takes long, the job would do nothing else.
    options.setMinPauseBetweenCheckpointsMillis(intervalMillis);
    options.setAlignmentTimeoutMillis(alignmentTimeoutMillis);
    options.setTolerableCheckpointFailures(1_000);
    options.setRestartStrategy("fixed");
    options.setRestartDelayMillis(0);
    options.setRestartAttempts(restartsMax);
    options.setControlPort(-1);
  }

  @Override
  public String toString() {
    return "backend=%s parallelism=%d checkpointIntervalMillis=%d alignmentTimeoutMillis=%d maxBundleSize=%d"
        .formatted(backend, parallelism, intervalMillis, alignmentTimeoutMillis, bundleSize);
  }
}
