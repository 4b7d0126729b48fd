package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Until when a grouping takes elements of a window: to its end and the allowed lateness behind it.
 * What comes later is dropped, and counted under the name that Beam's runners use.
 */
final class Lateness {
  private final WindowingStrategy<?, ?> windowing;
  private final long allowedMillis;
  private final Counter dropped;

  Lateness(WindowingStrategy<?, ?> windowing, MetricsContainer metrics) {
    this(
        windowing,
        metrics,
        MetricName.named(
            LateDataDroppingDoFnRunner.class, LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS));
  }

  /**
   * @param droppedName under which it is counted
   */
  Lateness(WindowingStrategy<?, ?> windowing, MetricsContainer metrics, MetricName droppedName) {
    this.windowing = windowing;
    this.allowedMillis = windowing.getAllowedLateness().getMillis();
    this.dropped = metrics.getCounter(droppedName);
  }

  /** The last moment of a window at which it takes elements; its state goes after that. */
  long expiryMillis(BoundedWindow window) {
    return LateDataUtils.garbageCollectionTime(window, windowing).getMillis();
  }

  /** The same for a window of which only the end is known, its last timestamp. */
  long expiryMillis(long endMillis) {
    return endMillis > Timestamps.GLOBAL_WINDOW_END_MILLIS - allowedMillis
        ? Timestamps.GLOBAL_WINDOW_END_MILLIS
        : endMillis + allowedMillis;
  }

  /** Whether an element of a window with this expiry comes too late; counts it if it does. */
  boolean drops(long expiryMillis, long inputWatermarkMillis) {
    if (expiryMillis < inputWatermarkMillis) {
      dropped.inc();
      return true;
    }
    return false;
  }
}
