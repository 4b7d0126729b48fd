package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.watermark.Timestamps;
import org.apache.beam.sdk.values.WindowedValues;

/** Emits one empty byte array, once. */
final class ImpulseReader implements SourceReader {
  private final Output output;
  private boolean done;

  ImpulseReader(Output output) {
    this.output = output;
  }

  @Override
  public int read(ReadBudget budget) {
    if (done) {
      return 0;
    }
    done = true;
    output.emit(WindowedValues.valueInGlobalWindow(new byte[0]));
    return 1;
  }

  @Override
  public void restore(RestoredOperator restored) {
    done = !restored.parts().isEmpty();
  }

  /** A part if it has fired, and none before. */
  @Override
  public void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    if (done) {
      snapshot.part(new byte[0]);
    }
  }

  @Override
  public long watermark() {
    return done ? Timestamps.MAX_MILLIS : Timestamps.MIN_MILLIS;
  }

  @Override
  public boolean isDone() {
    return done;
  }
}
