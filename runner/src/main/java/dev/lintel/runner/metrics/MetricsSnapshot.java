package dev.lintel.runner.metrics;

import java.util.Collection;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricResults;

/**
 * Metrics by step as they stood at one moment: what tasks send and results are made of. Immutable.
 */
public final class MetricsSnapshot {
  private final MetricsContainerStepMap steps;

  private MetricsSnapshot(MetricsContainerStepMap steps) {
    this.steps = steps;
  }

  static MetricsSnapshot copyOf(MetricsContainerStepMap steps) {
    MetricsContainerStepMap copy = new MetricsContainerStepMap();
    copy.updateAll(steps);
    return new MetricsSnapshot(copy);
  }

  /** No metrics. */
  public static MetricsSnapshot empty() {
    return new MetricsSnapshot(new MetricsContainerStepMap());
  }

  /**
   * The metrics of several tasks together, each by its own kind: counters are added, gauges are the
   * newest.
   */
  public static MetricsSnapshot merge(Collection<MetricsSnapshot> snapshots) {
    MetricsContainerStepMap merged = new MetricsContainerStepMap();
    snapshots.forEach(each -> merged.updateAll(each.steps));
    return new MetricsSnapshot(merged);
  }

  /**
   * As users query them. What is attempted is also committed as long as there are no checkpoints.
   */
  public MetricResults results() {
    return MetricsContainerStepMap.asMetricResults(steps, steps);
  }
}
