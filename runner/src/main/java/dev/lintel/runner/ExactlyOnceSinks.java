package dev.lintel.runner;

import dev.lintel.runner.CheckpointOptions.CheckpointMode;
import dev.lintel.runner.sink.SinkReplacement.Checkpoints;
import dev.lintel.runner.sink.SinkReplacements;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.TransformHierarchy;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PValue;

/** Decides whether a pipeline's sinks are replaced by exactly-once ones, and when they commit. */
final class ExactlyOnceSinks {
  /** The default for a pipeline with an unbounded source. */
  private static final long UNBOUNDED_INTERVAL_MILLIS = 10_000;

  private ExactlyOnceSinks() {}

  /**
   * Replaces sinks if checkpoints are taken and exactly-once.
   *
   * @throws IllegalArgumentException if a sink is set up such that it can't be exactly-once
   */
  static void replaceSinks(Pipeline pipeline, CheckpointOptions options) {
    long intervalMillis = intervalMillis(pipeline, options);
    if (intervalMillis <= 0
        || !options.isExactlyOnceSinks()
        || options.getCheckpointMode() != CheckpointMode.EXACTLY_ONCE) {
      return;
    }
    SinkReplacements.apply(
        pipeline,
        new Checkpoints(
            Math.max(intervalMillis, options.getMinPauseBetweenCheckpointsMillis()),
            OptionValues.checkpointTimeoutMillis(options),
            options.getTolerableCheckpointFailures()),
        options.isAllowLostTransactions());
  }

  private static long intervalMillis(Pipeline pipeline, CheckpointOptions options) {
    Long given = options.getCheckpointIntervalMillis();
    if (given != null) {
      return given;
    }
    return isUnbounded(pipeline) ? UNBOUNDED_INTERVAL_MILLIS : 0;
  }

  private static boolean isUnbounded(Pipeline pipeline) {
    AtomicBoolean unbounded = new AtomicBoolean();
    pipeline.traverseTopologically(
        new Pipeline.PipelineVisitor.Defaults() {
          @Override
          public void visitValue(PValue value, TransformHierarchy.Node producer) {
            if (value instanceof PCollection<?> collection
                && collection.isBounded() == PCollection.IsBounded.UNBOUNDED) {
              unbounded.set(true);
            }
          }
        });
    return unbounded.get();
  }
}
