package dev.lintel.runner.operator;

import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.state.EncodedKey;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * An operator of the plan as it runs in one task.
 *
 * <p><i>Contract:</i> {@link #open}, then bundles ({@link #startBundle}, elements and timers,
 * {@link #finishBundle}), then {@link #close}, also after a failure. Watermarks and clocks never go
 * back. <i>Ownership:</i> the task's thread. <i>Failure:</i> {@link OperatorException}, which names
 * the transform; the operator is then only closed.
 */
public interface StreamOperator {
  default void open() {}

  default void startBundle() {}

  /**
   * @param key the encoded key, for an operator whose input comes by key
   */
  void process(WindowedValue<?> element, @Nullable EncodedKey key);

  default void finishBundle() {}

  /** The bundle's effects have been handed over. */
  default void bundleCommitted() {}

  default void close() {}

  /**
   * The main input's watermark moved; what has become due is then fired by {@link #fireDueTimer}.
   */
  default void advanceInputWatermark(long millis) {}

  default void advanceOutputWatermark(long millis) {}

  default void advanceProcessingTime(long millis) {}

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

  /** When the next processing-time timer is due; {@code Long.MAX_VALUE} if there is none. */
  default long nextProcessingTimeMillis() {
    return Long.MAX_VALUE;
  }

  /**
   * Timers of the user's wait for processing time: the input must not be ended before they have
   * fired.
   */
  default boolean awaitsProcessingTime() {
    return false;
  }

  /** The operator's side inputs, which the task fills; null if it has none. */
  default @Nullable PushbackBuffer sideInputs() {
    return null;
  }

  /**
   * Processes elements whose side inputs have become ready, a bounded number of them. The task then
   * says the input watermark again, which they may have kept back.
   *
   * @return how many
   */
  default int processReadyElements() {
    return 0;
  }
}
