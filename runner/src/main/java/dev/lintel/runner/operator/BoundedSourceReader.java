package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.Operator.BoundedRead;
import java.io.IOException;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/**
 * Reads the splits of a bounded source, one after the other, as the coordinator hands them out: a
 * slot that is done with one asks for the next.
 */
public final class BoundedSourceReader implements SourceReader {
  private final BoundedRead spec;
  private final OperatorContext context;
  private final Output output;
  private final StepScope scope;
  private final Runnable requestSplit;
  private BoundedSource.@Nullable BoundedReader<?> reader;
  private boolean started;
  private boolean requested;
  private boolean done;

  /**
   * @param requestSplit asks for a split; the answer comes as {@link #assign} or {@link
   *     #noMoreSplits}
   */
  BoundedSourceReader(
      BoundedRead spec, OperatorContext context, Output output, Runnable requestSplit) {
    this.spec = spec;
    this.context = context;
    this.output = output;
    this.requestSplit = requestSplit;
    this.scope = new StepScope(context.metrics().container(spec.transform()));
  }

  /** The next split to read. */
  public void assign(BoundedSource<?> split) {
    if (reader != null || done) {
      throw new IllegalStateException("Expected a split only when one was asked for");
    }
    requested = false;
    MetricsContainer before = scope.enter();
    try {
      reader = split.createReader(context.options());
      started = false;
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "opening a split of " + split, e);
    } finally {
      scope.leave(before);
    }
  }

  public void noMoreSplits() {
    done = true;
  }

  @Override
  public int read(int max) {
    if (done) {
      return 0;
    }
    BoundedSource.BoundedReader<?> current = reader;
    if (current == null) {
      if (!requested) {
        requested = true;
        requestSplit.run();
      }
      return 0;
    }
    MetricsContainer before = scope.enter();
    try {
      return read(current, max);
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "reading " + current.getCurrentSource(), e);
    } finally {
      scope.leave(before);
    }
  }

  private int read(BoundedSource.BoundedReader<?> current, int max) throws IOException {
    int count = 0;
    while (count < max) {
      boolean available = started ? current.advance() : current.start();
      started = true;
      if (!available) {
        reader = null;
        current.close();
        return count + 1;
      }
      output.emit(
          WindowedValues.of(
              current.getCurrent(),
              current.getCurrentTimestamp(),
              GlobalWindow.INSTANCE,
              PaneInfo.NO_FIRING));
      count++;
    }
    return count;
  }

  @Override
  public long watermark() {
    return done ? Timestamps.MAX_MILLIS : Timestamps.MIN_MILLIS;
  }

  @Override
  public boolean isDone() {
    return done;
  }

  @Override
  public void close() {
    BoundedSource.BoundedReader<?> current = reader;
    if (current != null) {
      reader = null;
      try {
        current.close();
      } catch (IOException | RuntimeException | Error e) {
        throw context.fail(spec.transform(), "closing " + current.getCurrentSource(), e);
      }
    }
  }
}
