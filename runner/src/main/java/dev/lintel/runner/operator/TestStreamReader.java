package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.translation.plan.Operator.TestStreamRead;
import java.util.List;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.testing.TestStream.ElementEvent;
import org.apache.beam.sdk.testing.TestStream.Event;
import org.apache.beam.sdk.testing.TestStream.ProcessingTimeEvent;
import org.apache.beam.sdk.testing.TestStream.WatermarkEvent;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.WindowedValues;

/**
 * Plays the script of a {@link TestStream}: one event, then it waits until nothing is in flight in
 * the whole job and no due timer is left.
 */
public final class TestStreamReader implements SourceReader {
  private final List<? extends Event<?>> events;
  private final Output output;
  private final Control control;
  private long watermarkMillis = Timestamps.MIN_MILLIS;

  /** The processing time that has been played, which the job forgets when it is restarted. */
  private long playedMillis;

  private int next;
  private boolean waiting;

  /** What the script asks of the job. */
  public interface Control {
    /** {@link #proceed} is called when the job is quiescent. */
    void awaitQuiescence();

    /** Moves the processing time of every task. */
    void advanceProcessingTime(long byMillis);
  }

  TestStreamReader(TestStreamRead spec, Output output, Control control) {
    this.events = spec.testStream().getEvents();
    this.output = output;
    this.control = control;
  }

  @Override
  public void restore(RestoredOperator restored) {
    for (byte[] part : restored.parts()) {
      ByteReader in = new ByteReader(part);
      next = in.fixed32();
      watermarkMillis = in.orderedLong();
      playedMillis = in.fixed64();
    }
  }

  @Override
  public void open() {
    if (playedMillis > 0) {
      control.advanceProcessingTime(playedMillis);
    }
    if (next < events.size() || next == 0) {
      // The rest of the pipeline (side inputs, say) comes to rest before the next event.
      waiting = true;
      control.awaitQuiescence();
    }
  }

  /** Whether it waits is not kept: it does again. */
  @Override
  public void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    snapshot.part(
        new ByteWriter()
            .fixed32(next)
            .orderedLong(watermarkMillis)
            .fixed64(playedMillis)
            .toBytes());
  }

  /** The job is quiescent: the next event may be played. */
  public void proceed() {
    waiting = false;
  }

  @Override
  public int read(ReadBudget budget) {
    if (waiting || next == events.size()) {
      return 0;
    }
    play(events.get(next++));
    if (next < events.size()) {
      waiting = true;
      control.awaitQuiescence();
    }
    return 1;
  }

  private void play(Event<?> event) {
    if (event instanceof ElementEvent<?> elements) {
      for (TimestampedValue<?> each : elements.getElements()) {
        output.emit(
            WindowedValues.of(
                each.getValue(), each.getTimestamp(), GlobalWindow.INSTANCE, PaneInfo.NO_FIRING));
      }
    } else if (event instanceof WatermarkEvent<?> watermark) {
      watermarkMillis = watermark.getWatermark().getMillis();
    } else if (event instanceof ProcessingTimeEvent<?> time) {
      long millis = time.getProcessingTimeAdvance().getMillis();
      playedMillis += millis;
      control.advanceProcessingTime(millis);
    } else {
      throw new IllegalStateException("Expected a TestStream event, but found " + event);
    }
  }

  @Override
  public long watermark() {
    return isDone() ? Timestamps.MAX_MILLIS : watermarkMillis;
  }

  @Override
  public boolean isDone() {
    return !waiting && next == events.size();
  }
}
