package dev.lintel.runner.task;

import dev.lintel.runner.watermark.Timestamps;

/**
 * How far a task is.
 *
 * @param elementsIn elements taken from exchanges, or read from a source
 * @param inputWatermarkMillis of its main inputs
 * @param outputWatermarkMillis what it has told the next stages
 * @param earliestHoldMillis {@code Long.MAX_VALUE} if nothing holds
 */
public record TaskProgress(
    long elementsIn,
    long inputWatermarkMillis,
    long outputWatermarkMillis,
    long earliestHoldMillis) {
  /** Of a task that has not reported yet. */
  public static final TaskProgress NONE =
      new TaskProgress(0, Timestamps.MIN_MILLIS, Timestamps.MIN_MILLIS, Long.MAX_VALUE);
}
