package dev.lintel.runner.job;

import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.metrics.TaskMetrics;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.util.HistogramData.ExponentialBuckets;

/**
 * What a job counts of its checkpoints: metrics of the step {@value #STEP}, which users query and
 * have pushed as they do with their own.
 *
 * <p><i>Ownership:</i> thread-safe: the coordinator counts, any thread asks.
 */
final class CheckpointMetrics {
  static final String STEP = "lintel";
  private static final String NAMESPACE = "lintel.checkpoints";

  /** Bounds grow by 19 %: 2^(1/4); the last is over 12 days. */
  private static final ExponentialBuckets MILLIS = ExponentialBuckets.of(2, 120);

  private final TaskMetrics metrics = new TaskMetrics();
  private final MetricsContainer container = metrics.container(STEP);

  private static MetricName name(String name) {
    return MetricName.named(NAMESPACE, name);
  }

  synchronized void completed(JobReport.Checkpoint checkpoint) {
    container.getCounter(name("completed")).inc();
    container.getCounter(name("storedBytes")).inc(checkpoint.storedBytes());
    container.getDistribution(name("durationMillis")).update(checkpoint.durationMillis());
    container.getDistribution(name("pauseMillis")).update(checkpoint.pauseMillis());
    container.getHistogram(name("pauseMillis"), MILLIS).update(checkpoint.pauseMillis());
  }

  synchronized void failed() {
    container.getCounter(name("failed")).inc();
  }

  synchronized MetricsSnapshot snapshot() {
    return metrics.snapshot();
  }
}
