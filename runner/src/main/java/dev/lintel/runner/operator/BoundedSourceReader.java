package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.translation.plan.Operator.BoundedRead;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/**
 * Reads the splits of a bounded source, one after the other, as the coordinator hands them out: a
 * slot that is done with one asks for the next.
 *
 * <p>A checkpoint has the split that is being read, and how many of its elements have been: a
 * restored reader opens it again and skips so many (ADR 010). It may have several such splits.
 */
public final class BoundedSourceReader implements SourceReader {
  private final BoundedRead spec;
  private final OperatorContext context;
  private final Output output;
  private final StepScope scope;
  private final Runnable requestSplit;

  /** Splits of a checkpoint that are not open yet. */
  private final Deque<byte[]> restored = new ArrayDeque<>();

  private @Nullable Split split;
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
  public void assign(BoundedSource<?> source) {
    if (split != null || done) {
      throw new IllegalStateException("Expected a split only when one was asked for");
    }
    requested = false;
    open(source, 0);
  }

  private void open(BoundedSource<?> source, long toSkip) {
    MetricsContainer before = scope.enter();
    try {
      split = new Split(source, source.createReader(context.options()), toSkip);
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "opening a split of " + source, e);
    } finally {
      scope.leave(before);
    }
  }

  @Override
  public void restore(RestoredOperator restoredReader) {
    restored.addAll(restoredReader.parts());
  }

  @Override
  public void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    Split current = split;
    if (current != null) {
      snapshot.part(
          new ByteWriter()
              .fixed64(Math.max(current.read, current.toSkip))
              .bytes(current.serialized())
              .toBytes());
    }
    restored.forEach(snapshot::part);
  }

  private void openRestored(byte[] part) {
    ByteReader in = new ByteReader(part);
    long toSkip = in.fixed64();
    Object source = SerializableUtils.deserializeFromByteArray(in.rest(), "a split of a source");
    open((BoundedSource<?>) source, toSkip);
  }

  public void noMoreSplits() {
    done = true;
  }

  @Override
  public int read(ReadBudget budget) {
    if (done) {
      return 0;
    }
    if (split == null && !restored.isEmpty()) {
      openRestored(restored.remove());
    }
    Split current = split;
    if (current == null) {
      if (!requested) {
        requested = true;
        requestSplit.run();
      }
      return 0;
    }
    MetricsContainer before = scope.enter();
    try {
      return read(current, budget);
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "reading " + current.reader.getCurrentSource(), e);
    } finally {
      scope.leave(before);
    }
  }

  private int read(Split current, ReadBudget budget) throws IOException {
    BoundedSource.BoundedReader<?> reader = current.reader;
    int count = 0;
    while (budget.left() > 0) {
      boolean available = current.started ? reader.advance() : reader.start();
      current.started = true;
      if (!available) {
        current.checkAllSkipped();
        split = null;
        reader.close();
        return count + 1;
      }
      if (current.read++ >= current.toSkip) {
        output.emit(
            WindowedValues.of(
                reader.getCurrent(),
                reader.getCurrentTimestamp(),
                GlobalWindow.INSTANCE,
                PaneInfo.NO_FIRING));
      }
      budget.spend();
      count++;
    }
    return count;
  }

  /** A split that is being read. */
  private static final class Split {
    final BoundedSource<?> source;
    final BoundedSource.BoundedReader<?> reader;

    /** Elements that were emitted before the checkpoint. */
    final long toSkip;

    long read;
    boolean started;
    private byte @Nullable [] serialized;

    Split(BoundedSource<?> source, BoundedSource.BoundedReader<?> reader, long toSkip) {
      this.source = source;
      this.reader = reader;
      this.toSkip = toSkip;
    }

    /** The source, which never changes: made for the first checkpoint. */
    byte[] serialized() {
      byte[] bytes = serialized;
      if (bytes == null) {
        bytes = SerializableUtils.serializeToByteArray(source);
        serialized = bytes;
      }
      return bytes;
    }

    void checkAllSkipped() {
      if (read < toSkip) {
        throw new IllegalStateException(
            "Expected at least the "
                + toSkip
                + " elements that a checkpoint has of a split, but it has only "
                + read
                + " now. A source has to give the same elements in the same order when it is read"
                + " again; to begin from the start use --restore=none");
      }
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

  @Override
  public void close() {
    Split current = split;
    if (current != null) {
      split = null;
      try {
        current.reader.close();
      } catch (IOException | RuntimeException | Error e) {
        throw context.fail(spec.transform(), "closing " + current.reader.getCurrentSource(), e);
      }
    }
  }
}
