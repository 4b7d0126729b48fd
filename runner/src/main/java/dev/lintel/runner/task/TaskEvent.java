package dev.lintel.runner.task;

import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.metrics.MetricsSnapshot;
import java.util.List;
import org.apache.beam.sdk.values.WindowedValue;

/** What a task tells the coordinator. */
public sealed interface TaskEvent {
  TaskId task();

  /** The set-up of the task's operators is done; it waits for {@link TaskCommand.Start}. */
  record Opened(TaskId task) implements TaskEvent {}

  /**
   * A bounded source's reader has nothing left to read; answered by a split, or by word that there
   * is none.
   */
  record SplitRequested(TaskId task) implements TaskEvent {}

  /** A script waits until nothing is in flight in the job. */
  record QuiescenceAwaited(TaskId task) implements TaskEvent {}

  /** A script moves the processing time of every task. */
  record ProcessingTimeAdvanced(TaskId task, long byMillis) implements TaskEvent {}

  /** The task had nothing to do when it answered probe {@code round}. */
  record ProbeAnswered(TaskId task, long round, FrameCounts frames) implements TaskEvent {}

  /**
   * The task has done all of its work that could be done in any slot, its input has ended, and it
   * wants some of another's.
   */
  record WorkWanted(TaskId task) implements TaskEvent {}

  /** What the task gives away of its work, as it was asked to; perhaps nothing. */
  record WorkShared(TaskId task, List<WindowedValue<?>> work) implements TaskEvent {}

  /** How far the task is. */
  record Progressed(TaskId task, TaskProgress progress) implements TaskEvent {}

  /** There is nothing left to prepare for a snapshot. */
  record SnapshotPrepared(TaskId task) implements TaskEvent {}

  /**
   * The task's part of a checkpoint.
   *
   * @param metrics what it had counted by then
   * @param pauseMillis how long it processed nothing because of the snapshot
   */
  record SnapshotTaken(
      TaskId task,
      long checkpoint,
      TaskSnapshot snapshot,
      MetricsSnapshot metrics,
      long pauseMillis)
      implements TaskEvent {}

  /** The task has nothing to do but what waits for a checkpoint. */
  record CheckpointWanted(TaskId task) implements TaskEvent {}

  /**
   * Everything has been read, done and handed over. The task waits for {@link TaskCommand.End}, as
   * a checkpoint has to make durable what it did.
   */
  record WorkDone(TaskId task) implements TaskEvent {}

  /** The task has ended by itself and is closed. */
  record Finished(TaskId task, TaskProgress progress, FrameCounts frames, MetricsSnapshot metrics)
      implements TaskEvent {}

  /** The task has stopped because it was told to, and is closed. */
  record Cancelled(TaskId task, MetricsSnapshot metrics) implements TaskEvent {}

  /** The task has failed and is closed. */
  record Failed(TaskId task, Throwable failure, MetricsSnapshot metrics) implements TaskEvent {}

  /**
   * The task has not closed in time, or its thread has died without a word. Said on its behalf;
   * what it says itself later is ignored.
   */
  record Lost(TaskId task, Throwable failure) implements TaskEvent {}

  /** The user's metrics of a task so far. */
  record MetricsReported(TaskId task, MetricsSnapshot metrics) implements TaskEvent {}

  /** Frames that a task has sent and received since it began. */
  record FrameCounts(long sent, long received) {}
}
