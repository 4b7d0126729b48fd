package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.Operator.UnboundedRead;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
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
 * <p>A checkpoint has a part for each split, those that have ended too: a restored reader reads the
 * splits of its parts and no others. A mark is finalized when its checkpoint is complete; without
 * checkpoints, when the bundle that it covers has been handed over.
 */
final class UnboundedSourceReader implements SourceReader {
  private final UnboundedRead spec;
  private final OperatorContext context;
  private final Output output;
  private final StepScope scope;
  private final Supplier<List<? extends UnboundedSource<?, ?>>> splitsOfJob;
  private final List<UnboundedSplit> splits = new ArrayList<>();
  private final long idleMillis;
  private long processingTimeMillis;
  private int next;
  private boolean restored;
  private boolean drained;

  /** The last turn has found all that there was. */
  private boolean dry;

  /**
   * @param splits the slot's, if there is no checkpoint that has them
   * @param idleMillis a split without an element for so long does not keep the watermark back; zero
   *     for never
   */
  UnboundedSourceReader(
      UnboundedRead spec,
      OperatorContext context,
      Output output,
      Supplier<List<? extends UnboundedSource<?, ?>>> splits,
      long idleMillis) {
    this.spec = spec;
    this.context = context;
    this.output = output;
    this.splitsOfJob = splits;
    this.idleMillis = idleMillis;
    this.scope = new StepScope(context.metrics().container(spec.transform()));
  }

  @Override
  public void restore(RestoredOperator operator) {
    restored = true;
    operator.parts().forEach(part -> splits.add(UnboundedSplit.restored(part)));
  }

  @Override
  public void open() {
    MetricsContainer before = scope.enter();
    try {
      if (!restored) {
        splitsOfJob.get().forEach(split -> splits.add(UnboundedSplit.of(split)));
      }
      for (UnboundedSplit split : splits) {
        split.open(context.options(), processingTimeMillis);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "opening a split", e);
    } finally {
      scope.leave(before);
    }
  }

  /** Connects one split. */
  @Override
  public boolean connect() {
    MetricsContainer before = scope.enter();
    try {
      for (UnboundedSplit split : splits) {
        if (split.connect()) {
          return true;
        }
      }
      return false;
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "reading", e);
    } finally {
      scope.leave(before);
    }
  }

  @Override
  public int read(ReadBudget budget) {
    dry = false;
    if (drained) {
      return 0;
    }
    MetricsContainer before = scope.enter();
    try {
      int count = 0;
      int share = Math.max(1, budget.left() / Math.max(1, splits.size()));
      boolean allDry = true;
      for (int i = 0; i < splits.size() && budget.left() > 0; i++) {
        UnboundedSplit split = splits.get(next);
        next = (next + 1) % splits.size();
        int ofSplit = read(split, share, budget);
        allDry &= ofSplit < share;
        count += ofSplit;
      }
      // Time that is over ends a split's turn early, and that of those after it.
      dry = allDry && budget.left() > 0;
      return count;
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), "reading", e);
    } finally {
      scope.leave(before);
    }
  }

  private int read(UnboundedSplit split, int max, ReadBudget budget) throws IOException {
    int count = 0;
    if (!split.mayBeRead()) {
      return 0;
    }
    while (count < max && budget.left() > 0 && split.advance(processingTimeMillis)) {
      UnboundedSource.UnboundedReader<Object> reader = split.current();
      output.emit(
          WindowedValues.of(
              spec.withRecordIds()
                  ? KV.of(reader.getCurrentRecordId(), reader.getCurrent())
                  : reader.getCurrent(),
              reader.getCurrentTimestamp(),
              GlobalWindow.INSTANCE,
              PaneInfo.NO_FIRING));
      budget.spend();
      count++;
    }
    budget.look();
    return count;
  }

  @Override
  public long watermark() {
    if (drained) {
      return Timestamps.MAX_MILLIS;
    }
    long active = Long.MAX_VALUE;
    long all = Timestamps.MAX_MILLIS;
    for (UnboundedSplit split : splits) {
      long watermark = split.watermark();
      all = Math.min(all, watermark);
      if (!split.isIdle(idleMillis, processingTimeMillis)) {
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
    for (UnboundedSplit split : splits) {
      if (!split.isIdle(idleMillis, processingTimeMillis)) {
        return false;
      }
    }
    return !splits.isEmpty();
  }

  @Override
  public boolean isDry() {
    return dry;
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
    for (UnboundedSplit split : splits) {
      if (!split.hasEnded()) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void bundleCommitted() {
    if (!context.checkpointed()) {
      forEachSplit("finalizing a checkpoint mark", UnboundedSplit::finalizeNow);
    }
  }

  @Override
  public void snapshot(long checkpoint, OperatorSnapshot snapshot) {
    forEachSplit(
        "taking a checkpoint mark", split -> snapshot.part(split.part(checkpoint, drained)));
  }

  @Override
  public void checkpointCompleted(long checkpoint) {
    forEachSplit("finalizing a checkpoint mark", split -> split.finalizeMarks(checkpoint));
  }

  private interface SplitAction {
    void run(UnboundedSplit split) throws IOException;
  }

  private void forEachSplit(String doing, SplitAction action) {
    MetricsContainer before = scope.enter();
    try {
      for (UnboundedSplit split : splits) {
        action.run(split);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw context.fail(spec.transform(), doing, e);
    } finally {
      scope.leave(before);
    }
  }

  /** Closes every reader, also if some fail; throws the first failure. */
  @Override
  public void close() {
    OperatorException first = null;
    for (UnboundedSplit split : splits) {
      try {
        split.close();
      } catch (IOException | RuntimeException | Error e) {
        OperatorException failure = context.fail(spec.transform(), "closing a reader", e);
        if (first == null) {
          first = failure;
        } else if (failure != first) {
          first.addSuppressed(failure);
        }
      }
    }
    splits.clear();
    if (first != null) {
      throw first;
    }
  }
}
