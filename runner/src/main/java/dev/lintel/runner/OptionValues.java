package dev.lintel.runner;

import org.jspecify.annotations.Nullable;

/**
 * What options mean whose defaults Beam can't be told, as other runners have options of the same
 * names: see {@link LintelPipelineOptions}.
 */
final class OptionValues {
  /** The default of numbers that the FlinkRunner has, too. */
  static final int UNSET = -1;

  static final String ROCKSDB = "rocksdb";
  static final String HEAP = "heap";

  private static final int MAX_PARALLELISM = 128;
  private static final long CHECKPOINT_TIMEOUT_MILLIS = 600_000;

  private OptionValues() {}

  static int parallelism(LintelPipelineOptions options) {
    int asked = options.getParallelism();
    return asked == UNSET ? Runtime.getRuntime().availableProcessors() : asked;
  }

  /** The key groups of a job that begins anew. */
  static int maxParallelism(LintelPipelineOptions options) {
    Integer asked = askedMaxParallelism(options);
    return asked == null ? MAX_PARALLELISM : asked;
  }

  /** Null: those of the checkpoint that the job goes on from. */
  static @Nullable Integer askedMaxParallelism(LintelPipelineOptions options) {
    Integer asked = options.getMaxParallelism();
    return asked == UNSET ? null : asked;
  }

  static String stateBackend(LintelPipelineOptions options) {
    String asked = options.getStateBackend();
    return asked == null ? ROCKSDB : asked;
  }

  static long checkpointTimeoutMillis(CheckpointOptions options) {
    long asked = options.getCheckpointTimeoutMillis();
    return asked == UNSET ? CHECKPOINT_TIMEOUT_MILLIS : asked;
  }
}
