package dev.lintel.runner.metrics;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.runners.core.metrics.MetricUpdates.MetricUpdate;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.util.HistogramData;

/**
 * Metrics by step as they stood at one moment: what tasks send and results are made of. Immutable.
 */
public final class MetricsSnapshot {
  private final MetricsContainerStepMap containers;
  private final Set<String> steps;

  private MetricsSnapshot(MetricsContainerStepMap containers, Set<String> steps) {
    this.containers = containers;
    this.steps = steps;
  }

  /**
   * @param steps that have containers
   */
  static MetricsSnapshot copyOf(MetricsContainerStepMap containers, Collection<String> steps) {
    MetricsContainerStepMap copy = new MetricsContainerStepMap();
    copy.updateAll(containers);
    return new MetricsSnapshot(copy, Set.copyOf(steps));
  }

  /** No metrics. */
  public static MetricsSnapshot empty() {
    return new MetricsSnapshot(new MetricsContainerStepMap(), Set.of());
  }

  /**
   * The metrics of several tasks together, each by its own kind: counters are added, gauges are the
   * newest.
   */
  public static MetricsSnapshot merge(Collection<MetricsSnapshot> snapshots) {
    MetricsContainerStepMap merged = new MetricsContainerStepMap();
    Set<String> steps = new HashSet<>();
    for (MetricsSnapshot each : snapshots) {
      merged.updateAll(each.containers);
      steps.addAll(each.steps);
    }
    return new MetricsSnapshot(merged, steps);
  }

  /**
   * As users query them. What is attempted is also committed as long as there are no checkpoints.
   */
  public MetricResults results() {
    return new ResultsWithHistograms(
        MetricsContainerStepMap.asMetricResults(containers, containers), histograms());
  }

  private List<MetricResult<HistogramData>> histograms() {
    List<MetricResult<HistogramData>> results = new ArrayList<>();
    for (String step : steps) {
      for (MetricUpdate<HistogramData> each :
          containers.getContainer(step).getCumulative().histogramsUpdates()) {
        results.add(MetricResult.create(each.getKey(), true, each.getUpdate()));
      }
    }
    return results;
  }
}
