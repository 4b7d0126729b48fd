package dev.lintel.runner.task;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.operator.BoundedSourceReader;
import dev.lintel.runner.operator.ReadBudget;
import dev.lintel.runner.operator.SourceReader;
import dev.lintel.runner.operator.TestStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * A task's source, if it has one: reads a bounded amount of it for a bounded time, and gives it the
 * commands that are for it.
 *
 * <p>A source that has nothing more now is asked again after {@link #BETWEEN_POLLS_NANOS}, even if
 * it would have an element in a few microseconds: to take, hand over and process each element by
 * itself costs many times what it costs together with others, and a thread that asks all the time
 * takes the core from those who have work.
 *
 * <p><i>Ownership:</i> one task.
 */
final class TaskSource {
  private static final int ELEMENTS_PER_CYCLE = 1_000;
  private static final long MILLIS_PER_CYCLE = 10;
  private static final long BETWEEN_POLLS_NANOS = 1_000_000;

  private final @Nullable SourceReader reader;
  private final Bundle bundle;
  private final Clock clock;
  private final ReadBudget budget;

  private long elements;

  /** The source had nothing more, and is not asked again before this time. */
  private boolean dry;

  private long pollNanos;

  /** A split that came between the beginning of a checkpoint and the snapshot. */
  private TaskCommand.@Nullable AssignSplit afterSnapshot;

  TaskSource(TaskParts parts, Clock clock) {
    this.reader = parts.source();
    this.bundle = parts.bundle();
    this.clock = clock;
    this.budget = new ReadBudget(clock);
  }

  boolean isThere() {
    return reader != null;
  }

  void open() {
    if (reader != null) {
      reader.open();
    }
  }

  /** As {@link SourceReader#connect}. */
  boolean connect() {
    return reader != null && reader.connect();
  }

  /**
   * Does what a command asks for.
   *
   * @param snapshotAwaited to the coordinator, a split that comes now was left over when it began
   *     the checkpoint
   * @return false if it is not for a source
   */
  boolean handle(TaskCommand command, boolean snapshotAwaited) {
    if (command instanceof TaskCommand.AssignSplit assign) {
      if (snapshotAwaited) {
        afterSnapshot = assign;
      } else {
        reader(BoundedSourceReader.class).assign(assign.split());
      }
    } else if (command instanceof TaskCommand.NoMoreSplits) {
      reader(BoundedSourceReader.class).noMoreSplits();
    } else if (command instanceof TaskCommand.Proceed) {
      reader(TestStreamReader.class).proceed();
    } else {
      return false;
    }
    return true;
  }

  /** No snapshot is awaited: takes the split that came before it, if one did. */
  int takeSplitAfterSnapshot() {
    TaskCommand.AssignSplit assign = afterSnapshot;
    if (assign == null) {
      return 0;
    }
    afterSnapshot = null;
    reader(BoundedSourceReader.class).assign(assign.split());
    return 1;
  }

  private <T> T reader(Class<T> type) {
    if (!type.isInstance(reader)) {
      throw new IllegalStateException("Expected " + type + " in the task, but found " + reader);
    }
    return type.cast(reader);
  }

  /**
   * Reads what there is, but no more than fits into the bundle and the cycle.
   *
   * @param nowMillis when the cycle began
   * @return how much was done
   */
  int read(long nowMillis) {
    SourceReader source = reader;
    if (source == null || source.isDone() || restNanos() > 0) {
      return 0;
    }
    int most = Math.min(ELEMENTS_PER_CYCLE, bundle.room());
    int read = source.read(budget.begin(most, nowMillis + MILLIS_PER_CYCLE));
    bundle.worked(read);
    elements += read;
    dry = source.isDry();
    if (dry) {
      pollNanos = clock.nanos() + BETWEEN_POLLS_NANOS;
    }
    return read;
  }

  /** How long the source, which had nothing more, is left alone; zero if it may be read now. */
  private long restNanos() {
    return dry ? Math.max(0, pollNanos - clock.nanos()) : 0;
  }

  /** How long the task may wait to be woken: nothing wakes it for a source without an end. */
  long parkNanos(long most) {
    return dry ? Math.min(most, restNanos()) : most;
  }

  /** How many elements were read so far. */
  long elements() {
    return elements;
  }

  /** As {@link SourceReader#watermark}; the beginning of time if there is no source. */
  long watermark() {
    return reader == null ? Long.MIN_VALUE : reader.watermark();
  }

  boolean isIdle() {
    return reader != null && reader.isIdle();
  }

  /** Also if there is none. */
  boolean isDone() {
    return reader == null || reader.isDone();
  }

  void advanceProcessingTime(long millis) {
    if (reader != null) {
      reader.advanceProcessingTime(millis);
    }
  }

  void drain() {
    if (reader != null) {
      reader.drain();
    }
  }

  void bundleCommitted() {
    if (reader != null) {
      reader.bundleCommitted();
    }
  }

  void close() {
    if (reader != null) {
      reader.close();
    }
  }
}
