package dev.lintel.runner.task;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.fault.Faults;
import dev.lintel.runner.fault.Faults.Point;
import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.state.EncodedKey;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Stands before and behind the operators of a task that is to fail in a test, and tells when the
 * task comes to where it can. No element ever comes here.
 */
record FaultPoint(Faults.Trigger trigger) implements StreamOperator {
  @Override
  public void open() {
    trigger.reached(Point.OPEN);
  }

  @Override
  public void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    trigger.reached(Point.SNAPSHOT);
  }

  @Override
  public void checkpointCompleted(long checkpoint) {
    trigger.reached(Point.CHECKPOINT_COMPLETED);
  }

  @Override
  public void startBundle() {
    trigger.reached(Point.BUNDLE_BEGIN);
  }

  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    throw new IllegalStateException("Expected no element where faults are injected");
  }

  @Override
  public void finishBundle() {
    trigger.reached(Point.BUNDLE_END);
  }

  @Override
  public void bundleCommitted() {
    trigger.reached(Point.BUNDLE_COMMITTED);
  }

  @Override
  public void advanceInputWatermark(long millis) {
    trigger.reached(Point.WATERMARK);
  }
}
