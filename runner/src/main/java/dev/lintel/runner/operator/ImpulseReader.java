package dev.lintel.runner.operator;

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
  public int read(int max) {
    if (done) {
      return 0;
    }
    done = true;
    output.emit(WindowedValues.valueInGlobalWindow(new byte[0]));
    return 1;
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
