package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.timers.FiredTimer;
import dev.lintel.timers.KeyedTimerInternals;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * What operators whose input comes by key have in common: state and timers of the current key, and
 * their clocks.
 */
abstract class KeyedOperator implements StreamOperator {
  final String transform;
  final OperatorContext context;
  final KeyedStateInternals state;
  final KeyedTimerInternals timers;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;
  private long processingTimeMillis = Timestamps.MIN_MILLIS;

  KeyedOperator(
      String transform, Coder<? extends BoundedWindow> windowCoder, OperatorContext context) {
    this.transform = transform;
    this.context = context;
    state = context.state().keyedState(transform, context.holds());
    timers = new KeyedTimerInternals(context.state(), transform, windowCoder, context.holds());
  }

  @Override
  public void preload(@Nullable EncodedKey[] keys, int count) {
    state.preload(keys, count);
  }

  final void setCurrentKey(EncodedKey key, @Nullable Object decoded) {
    try {
      state.setCurrentKey(key, decoded);
      timers.setCurrentKey(key);
    } catch (RuntimeException | Error e) {
      // Room is made in the cache here: a full disk shows, for instance.
      throw context.fail(transform, "turning to the state of a key", e);
    }
  }

  /** Takes the next due timer out. */
  final FiredTimer takeDueTimer() {
    FiredTimer due = timers.pollDue();
    if (due == null) {
      throw new IllegalStateException("Expected a timer of " + transform + " to be due");
    }
    return due;
  }

  @Override
  public void advanceInputWatermark(long millis) {
    inputWatermarkMillis = Math.max(inputWatermarkMillis, millis);
    timers.advanceInputWatermark(inputWatermarkMillis);
  }

  @Override
  public void advanceOutputWatermark(long millis) {
    timers.outputWatermark(millis);
  }

  @Override
  public void advanceProcessingTime(long millis, long synchronizedMillis) {
    if (millis > processingTimeMillis) {
      processingTimeMillis = millis;
      long knownMillis = timers.currentSynchronizedProcessingTime().getMillis();
      timers.advanceProcessingTime(millis, Math.max(knownMillis, synchronizedMillis));
    }
  }

  /**
   * Deletes state and timers of all keys, and sets the clocks back: event time to its beginning.
   */
  final void restart(long nowMillis) {
    state.clear();
    timers.restart(nowMillis);
    inputWatermarkMillis = Timestamps.MIN_MILLIS;
    processingTimeMillis = nowMillis;
  }

  /** No processing time is left to wait for. */
  final void endProcessingTime() {
    processingTimeMillis = Timestamps.MAX_MILLIS;
    timers.advanceProcessingTime(Timestamps.MAX_MILLIS, Timestamps.MAX_MILLIS);
  }

  /** There is no more input. */
  final void endEventTime() {
    inputWatermarkMillis = Timestamps.MAX_MILLIS;
    timers.advanceInputWatermark(Timestamps.MAX_MILLIS);
  }

  @Override
  public boolean hasDueTimer() {
    return timers.hasDue();
  }

  @Override
  public long nextEventTimeMillis() {
    return timers.nextEventTimeMillis();
  }
}
