package dev.lintel.runner.task;

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
    long earliestHoldMillis) {}
