package dev.lintel.runner.splittable;

import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a splittable DoFn has left to do of one element.
 *
 * @param restriction the part that has not been processed
 * @param estimatorState of its watermark estimator
 * @param watermarkMillis nothing that it will still emit is earlier, except late data
 * @param asked the DoFn itself has asked to be called again; otherwise its slice was over
 * @param resumeDelay after how long it wants to be called; zero for at once
 */
public record Residual(
    Object restriction,
    @Nullable Object estimatorState,
    long watermarkMillis,
    boolean asked,
    Duration resumeDelay) {}
