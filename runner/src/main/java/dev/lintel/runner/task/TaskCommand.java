package dev.lintel.runner.task;

import java.util.List;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.values.WindowedValue;

/** What the coordinator tells a task. */
public sealed interface TaskCommand {
  /** Every task of the job is open: begin to work. */
  record Start() implements TaskCommand {}

  /** The next split of the task's bounded source. */
  record AssignSplit(BoundedSource<?> split) implements TaskCommand {}

  /** There is no further split. */
  record NoMoreSplits() implements TaskCommand {}

  /** Give some of your work away. */
  record ShareWork() implements TaskCommand {}

  /** Work that another slot has given away. */
  record TakeWork(List<WindowedValue<?>> work) implements TaskCommand {}

  /** No slot has work left that could be shared. */
  record NoMoreWork() implements TaskCommand {}

  /** Read no more of a source without an end, and end with what is there. */
  record Drain() implements TaskCommand {}

  /** A checkpoint is to begin soon: do what can be done for it while work goes on. */
  record PrepareSnapshot() implements TaskCommand {}

  /**
   * A checkpoint begins. Sources, and tasks whose input has ended, take their snapshot now; others
   * when the barriers have come.
   *
   * @param portable the snapshot is for a savepoint
   * @param stops the job is to end with it: who has taken a snapshot rests, so that nothing has an
   *     effect that the next start would repeat
   */
  record BeginCheckpoint(long checkpoint, boolean portable, boolean stops) implements TaskCommand {}

  /** A checkpoint that the task gave its snapshot to is complete, and durable. */
  record CheckpointCompleted(long checkpoint) implements TaskCommand {}

  /** A checkpoint will not become complete. */
  record GiveUpCheckpoint(long checkpoint) implements TaskCommand {}

  /**
   * All tasks of the job have done what there was to do, or rest, and nothing of it is left open.
   */
  record End() implements TaskCommand {}

  /** Answer when you have nothing to do. */
  record Probe(long round) implements TaskCommand {}

  /** Nothing is in flight in the job: a script may go on. */
  record Proceed() implements TaskCommand {}

  /** The processing time, for a job whose time is scripted. */
  record SetProcessingTime(long millis) implements TaskCommand {}
}
