package dev.lintel.runner.metrics;

import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;

/**
 * Metrics that are being written, by one task or by a source while it splits: Beam's container of
 * each step.
 *
 * <p><i>Ownership:</i> one thread; others get {@linkplain #snapshot() copies}.
 */
public final class TaskMetrics {
  private final MetricsContainerStepMap steps = new MetricsContainerStepMap();

  /** The container of one step, by the transform's full name. */
  public MetricsContainerImpl container(String transform) {
    return steps.getContainer(transform);
  }

  /** A copy that nobody writes to any more, for sending to the coordinator. */
  public MetricsSnapshot snapshot() {
    return MetricsSnapshot.copyOf(steps);
  }
}
