package dev.lintel.runner.metrics;

import java.io.Serializable;
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
import org.apache.beam.sdk.util.SerializableUtils;

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

  /** As users query them, all of it committed: where there are no checkpoints. */
  public MetricResults results() {
    return results(this);
  }

  /**
   * As users query them.
   *
   * @param committed what of it no failure can undo
   */
  public MetricResults results(MetricsSnapshot committed) {
    return new ResultsWithHistograms(
        MetricsContainerStepMap.asMetricResults(containers, committed.containers), histograms());
  }

  /** For a checkpoint. */
  public byte[] toBytes() {
    return SerializableUtils.serializeToByteArray(new Stored(containers, Set.copyOf(steps)));
  }

  /** What {@link #toBytes} was made from. */
  public static MetricsSnapshot fromBytes(byte[] bytes) {
    Stored stored =
        (Stored) SerializableUtils.deserializeFromByteArray(bytes, "the metrics of a checkpoint");
    return new MetricsSnapshot(stored.containers, stored.steps);
  }

  private record Stored(MetricsContainerStepMap containers, Set<String> steps)
      implements Serializable {}

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
