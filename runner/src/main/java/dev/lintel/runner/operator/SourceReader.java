package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;

/**
 * The root of a stage as it runs in one task: reads elements and emits them to its {@link Output}.
 *
 * <p><i>Ownership:</i> the task's thread. <i>Failure:</i> {@link OperatorException}.
 */
public interface SourceReader {
  /** As {@link StreamOperator#restore}. */
  default void restore(RestoredOperator restored) {}

  default void open() {}

  /** As {@link StreamOperator#snapshot}: where to go on reading. */
  default void snapshot(long checkpoint, OperatorSnapshot snapshot) {}

  /** As {@link StreamOperator#checkpointCompleted}. */
  default void checkpointCompleted(long checkpoint) {}

  /**
   * Before anything is to be read: does some of what takes long until it can be, such as connecting
   * to a broker. Emits nothing.
   *
   * @return false if there is no more of it to do
   */
  default boolean connect() {
    return false;
  }

  /** Reads and emits what there is and the budget allows; returns how much was done. */
  int read(ReadBudget budget);

  default void advanceProcessingTime(long millis) {}

  /** Nothing that is emitted from now on is earlier, except late data. */
  long watermark();

  /** No split has had anything to say for so long that the watermark should not wait for it. */
  default boolean isIdle() {
    return false;
  }

  /**
   * The last {@link #read} has found all that there was. Nothing wakes the task when there is more:
   * it has to ask again, but not at once.
   */
  default boolean isDry() {
    return false;
  }

  /** Nothing more will be read. */
  boolean isDone();

  /** The job is to end with what has been read: a source without an end stops here. */
  default void drain() {}

  /** What was read so far has been handed over. */
  default void bundleCommitted() {}

  default void close() {}
}
