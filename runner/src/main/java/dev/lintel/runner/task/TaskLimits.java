package dev.lintel.runner.task;

/**
 * Limits of a task's work.
 *
 * @param bundleElementsMax a bundle ends after so many elements and timers
 * @param bundleMillisMax a bundle ends after so long
 * @param reportMillis metrics and progress are reported this often
 */
public record TaskLimits(int bundleElementsMax, long bundleMillisMax, long reportMillis) {}
