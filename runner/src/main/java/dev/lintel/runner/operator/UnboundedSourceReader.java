package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.Operator.UnboundedRead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValues;

/**
 * Reads the splits of an unbounded source that belong to one slot, in turn, so that one that is
 * always busy starves no other. The watermark is the earliest of its splits that are not done.
 *
 * <p>A mark is finalized when the bundle that it covers has been handed over.
 */
final class UnboundedSourceReader implements SourceReader {
  private final UnboundedRead spec;
  private final OperatorContext context;
  private final Output output;
  private final StepScope scope;
  private final List<? extends UnboundedSource<?, ?>> splits;
  private final List<Split> open = new ArrayList<>();
  private final long idleMillis;
  private long processingTimeMillis;
  private int next;
  private boolean drained;

  /**
   * @param idleMillis a split without an element for so long does not keep the watermark back; zero
   *     for never
   */
  UnboundedSourceReader(
      UnboundedRead spec,
      OperatorContext context,
      Output output,
      List<? extends UnboundedSource<?, ?>> splits,
      long idleMillis) {
    this.spec = spec;
    this.context = context;
    this.output = output;
    this.splits = splits;
    this.idleMillis = idleMillis;
    this.scope = new StepScope(context.metrics().container(spec.transform()));
  }

  @Override
  public void open() {
    MetricsContainer before = scope.enter();
    try {
      for (UnboundedSource<?, ?> split : splits) {
        open.add(new Split(split.createReader(context.options(), null)));
      }
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "opening a split", e);
    } finally {
      scope.leave(before);
    }
  }

  @Override
  public int read(int max) {
    if (drained) {
      return 0;
    }
    MetricsContainer before = scope.enter();
    try {
      int count = 0;
      for (int i = 0; i < open.size() && count < max; i++) {
        Split split = open.get(next);
        next = (next + 1) % open.size();
        count += split.read(Math.max(1, max / open.size()));
      }
      return count;
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "reading", e);
    } finally {
      scope.leave(before);
    }
  }

  @Override
  public long watermark() {
    if (drained) {
      return Timestamps.MAX_MILLIS;
    }
    long active = Long.MAX_VALUE;
    long all = Timestamps.MAX_MILLIS;
    for (Split split : open) {
      long watermark = split.watermark();
      all = Math.min(all, watermark);
      if (!split.isIdle()) {
        active = Math.min(active, watermark);
      }
    }
    return active == Long.MAX_VALUE ? all : active;
  }

  @Override
  public void advanceProcessingTime(long millis) {
    processingTimeMillis = millis;
  }

  @Override
  public boolean isIdle() {
    for (Split split : open) {
      if (!split.isIdle()) {
        return false;
      }
    }
    return !open.isEmpty();
  }

  @Override
  public boolean needsPolling() {
    return true;
  }

  @Override
  public void drain() {
    drained = true;
  }

  @Override
  public boolean isDone() {
    if (drained) {
      return true;
    }
    for (Split split : open) {
      if (split.watermark() < Timestamps.MAX_MILLIS) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void bundleCommitted() {
    MetricsContainer before = scope.enter();
    try {
      for (Split split : open) {
        split.finalizeMark();
      }
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "finalizing a checkpoint mark", e);
    } finally {
      scope.leave(before);
    }
  }

  /** Closes every reader, also if some fail; throws the first failure. */
  @Override
  public void close() {
    OperatorException first = null;
    for (Split split : open) {
      try {
        split.reader.close();
      } catch (IOException | RuntimeException | Error e) {
        OperatorException failure = context.fail(spec.transform(), "closing a reader", e);
        if (first == null) {
          first = failure;
        } else if (failure != first) {
          first.addSuppressed(failure);
        }
      }
    }
    open.clear();
    if (first != null) {
      throw first;
    }
  }

  /** One split's reader. */
  private final class Split {
    private final UnboundedSource.UnboundedReader<?> reader;
    private boolean started;
    private boolean dirty;
    private long lastElementMillis = processingTimeMillis;

    Split(UnboundedSource.UnboundedReader<?> reader) {
      this.reader = reader;
    }

    boolean isIdle() {
      return idleMillis > 0
          && started
          && processingTimeMillis - lastElementMillis >= idleMillis
          && watermark() < Timestamps.MAX_MILLIS;
    }

    int read(int max) throws IOException {
      if (watermark() >= Timestamps.MAX_MILLIS && started) {
        return 0;
      }
      int count = 0;
      while (count < max) {
        boolean available = started ? reader.advance() : reader.start();
        started = true;
        if (!available) {
          break;
        }
        dirty = true;
        lastElementMillis = processingTimeMillis;
        output.emit(
            WindowedValues.of(
                spec.withRecordIds()
                    ? KV.of(reader.getCurrentRecordId(), reader.getCurrent())
                    : reader.getCurrent(),
                reader.getCurrentTimestamp(),
                GlobalWindow.INSTANCE,
                PaneInfo.NO_FIRING));
        count++;
      }
      return count;
    }

    long watermark() {
      return started ? reader.getWatermark().getMillis() : Timestamps.MIN_MILLIS;
    }

    void finalizeMark() throws IOException {
      if (dirty) {
        dirty = false;
        reader.getCheckpointMark().finalizeCheckpoint();
      }
    }
  }
}
