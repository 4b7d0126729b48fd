package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.sideinput.PushbackBuffer;
import org.joda.time.Instant;

/**
 * What all operators of a DoFn have in common: its life, its side inputs, and both at checkpoints.
 * Only what is called for each element is written out in each of them, so that the JVM compiles it
 * for each.
 */
interface DoFnOperator extends StreamOperator {
  DoFnHandle handle();

  Instant processingTime();

  @Override
  default void restore(RestoredOperator restored) {
    handle().restore(restored);
    PushbackBuffer pushback = sideInputs();
    if (pushback != null) {
      pushback.restore(restored);
    }
  }

  @Override
  default void open() {
    handle().open();
  }

  @Override
  default void bundleCommitted() {
    handle().bundleCommitted(processingTime());
  }

  @Override
  default void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    handle().snapshot(checkpoint, snapshot);
    PushbackBuffer pushback = sideInputs();
    if (pushback != null) {
      pushback.snapshot(snapshot);
    }
  }

  @Override
  default void checkpointCompleted(long checkpoint) {
    handle().checkpointCompleted(checkpoint, processingTime());
  }

  @Override
  default void advanceOutputWatermark(long millis) {
    PushbackBuffer pushback = sideInputs();
    if (pushback != null) {
      pushback.expire(millis);
    }
  }

  @Override
  default void close() {
    handle().close();
  }
}
