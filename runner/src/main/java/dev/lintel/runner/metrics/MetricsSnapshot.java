package dev.lintel.runner.metrics;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.runners.core.metrics.MetricUpdates;
import org.apache.beam.runners.core.metrics.MetricUpdates.MetricUpdate;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricKey;
import org.apache.beam.sdk.metrics.MetricName;
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
        MetricsContainerStepMap.asMetricResults(containers, committed.withZeros(this)),
        histograms(committed));
  }

  /** These, and zero for every metric that only others have: to Beam, no value is an error. */
  private MetricsContainerStepMap withZeros(MetricsSnapshot others) {
    MetricsContainerStepMap all = new MetricsContainerStepMap();
    all.updateAll(containers);
    for (String step : others.steps) {
      MetricsContainerImpl own = all.getContainer(step);
      MetricUpdates updates = others.containers.getContainer(step).getCumulative();
      updates.counterUpdates().forEach(each -> own.getCounter(name(each)));
      updates.distributionUpdates().forEach(each -> own.getDistribution(name(each)));
      updates.gaugeUpdates().forEach(each -> own.getGauge(name(each)));
      updates.stringSetUpdates().forEach(each -> own.getStringSet(name(each)));
      updates.boundedTrieUpdates().forEach(each -> own.getBoundedTrie(name(each)));
    }
    return all;
  }

  private static MetricName name(MetricUpdate<?> update) {
    return update.getKey().metricName();
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

  private List<MetricResult<HistogramData>> histograms(MetricsSnapshot committed) {
    Map<MetricKey, HistogramData> committedByKey = committed.histogramsByKey();
    List<MetricResult<HistogramData>> results = new ArrayList<>();
    histogramsByKey()
        .forEach(
            (key, attempted) -> {
              HistogramData zero = new HistogramData(attempted.getBucketType());
              results.add(
                  MetricResult.create(key, committedByKey.getOrDefault(key, zero), attempted));
            });
    return results;
  }

  private Map<MetricKey, HistogramData> histogramsByKey() {
    Map<MetricKey, HistogramData> byKey = new LinkedHashMap<>();
    for (String step : steps) {
      containers
          .getContainer(step)
          .getCumulative()
          .histogramsUpdates()
          .forEach(each -> byKey.put(each.getKey(), each.getUpdate()));
    }
    return byKey;
  }
}
