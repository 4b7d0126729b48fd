package dev.lintel.runner.operator;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.state.EncodedKey;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * An operator of the plan as it runs in one task.
 *
 * <p><i>Contract:</i> {@link #open}, then bundles ({@link #startBundle}, elements and timers,
 * {@link #finishBundle}) and between them snapshots, then {@link #close}, also after a failure.
 * Watermarks and clocks never go back. <i>Ownership:</i> the task's thread. <i>Failure:</i> {@link
 * OperatorException}, which names the transform; the operator is then only closed.
 */
public interface StreamOperator {
  /**
   * Before {@link #open}, if the job goes on from a checkpoint: what the operator gave to {@link
   * #snapshot} in all slots, as far as it is this slot's. Keyed state and timers are there already.
   */
  default void restore(RestoredOperator restored) {}

  default void open() {}

  /**
   * At a barrier, between bundles, before the task's state is snapshotted: gives what the operator
   * needs beside that to go on from here.
   */
  default void snapshot(long checkpoint, OperatorSnapshot snapshot) {}

  /** A checkpoint that {@link #snapshot} was called for is complete, and all before it. */
  default void checkpointCompleted(long checkpoint) {}

  default void startBundle() {}

  /**
   * @param key the encoded key, for an operator whose input comes by key
   */
  void process(WindowedValue<?> element, @Nullable EncodedKey key);

  /**
   * The keys of the elements that {@link #process} is called with next: a chance to bring near what
   * is in memory of all of them, where waiting for each would take longer. Changes nothing.
   *
   * @param keys the first {@code count} of them
   */
  default void preload(@Nullable EncodedKey[] keys, int count) {}

  default void finishBundle() {}

  /** The bundle's effects have been handed over. */
  default void bundleCommitted() {}

  default void close() {}

  /**
   * The main input's watermark moved; what has become due is then fired by {@link #fireDueTimer}.
   */
  default void advanceInputWatermark(long millis) {}

  default void advanceOutputWatermark(long millis) {}

  /**
   * @param synchronizedMillis how far everybody upstream is at least
   */
  default void advanceProcessingTime(long millis, long synchronizedMillis) {}

  /** A timer is due by the clocks as they stand. */
  default boolean hasDueTimer() {
    return false;
  }

  /** Fires the next timer that is due. Called only if {@link #hasDueTimer}. */
  default void fireDueTimer() {
    throw new IllegalStateException("Expected a timer to be due, but this operator has none");
  }

  /** The timestamp of the earliest event-time timer; {@code Long.MAX_VALUE} if there is none. */
  default long nextEventTimeMillis() {
    return Long.MAX_VALUE;
  }

  /** Timers of the user's wait for processing time. */
  default boolean awaitsProcessingTime() {
    return false;
  }

  /**
   * No processing time is left to wait for, as the input has ended: the timers that are set are due
   * now. Those that are set from now on never fire.
   */
  default void skipProcessingTime() {}

  /** False: what it has already is enough for now. */
  default boolean takesInput() {
    return true;
  }

  /** Work that it has put off is left, whether it can be gone on with now or later. */
  default boolean hasWorkLeft() {
    return false;
  }

  /**
   * Work that it has put off, and maybe nothing else, is left, and can be gone on with when a
   * checkpoint is complete that has yet to begin.
   */
  default boolean awaitsCheckpoint() {
    return false;
  }

  /** Work that it has put off can be gone on with. */
  default boolean canResume() {
    return false;
  }

  /**
   * Goes on with work that it has put off, as much as fits into the bundle; returns how much was
   * done. Called only if {@link #canResume}.
   */
  default int resume() {
    throw new IllegalStateException("Expected work to resume, but this operator has none");
  }

  /** There is no time left to wait for: work that was put off until later can be gone on with. */
  default void skipResumeDelay() {}

  /** The job is to end with what it has: work without an end is cut short. */
  default void drain() {}

  /** The operator's side inputs, which the task fills; null if it has none. */
  default @Nullable PushbackBuffer sideInputs() {
    return null;
  }
}
