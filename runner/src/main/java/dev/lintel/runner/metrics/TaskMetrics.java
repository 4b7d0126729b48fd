package dev.lintel.runner.metrics;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.beam.runners.core.metrics.CounterCell;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.runners.core.metrics.MonitoringInfoConstants;
import org.apache.beam.runners.core.metrics.MonitoringInfoMetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.jspecify.annotations.Nullable;

/**
 * Metrics that are being written, by one task, by a source while it splits, or by the job: Beam's
 * container of each step, and Lintel's own counts, which are folded in whenever a copy is made.
 *
 * <p><i>Ownership:</i> one thread, from when the task is assembled; others get {@linkplain
 * #snapshot() copies}.
 */
public final class TaskMetrics {
  private final MetricsContainerStepMap steps = new MetricsContainerStepMap();
  private final Map<MetricsContainer, String> names = new IdentityHashMap<>();
  private final List<ElementCount> elementCounts = new ArrayList<>();

  /** A count that is kept elsewhere, and how much of it is in the cell. */
  private static final class ElementCount {
    final LongSupplier count;
    final CounterCell cell;
    long folded;

    ElementCount(LongSupplier count, CounterCell cell) {
      this.count = count;
      this.cell = cell;
    }
  }

  /** The container of one step, by the transform's full name. */
  public MetricsContainerImpl container(String transform) {
    MetricsContainerImpl container = steps.getContainer(transform);
    names.put(container, transform);
    return container;
  }

  /**
   * Beam's system metric {@code beam:metric:element_count:v1} of one collection: a counter of the
   * step that makes it.
   *
   * @param count of the elements so far; asked by the owner
   */
  public void countElements(String transform, String collection, LongSupplier count) {
    CounterCell cell =
        container(transform)
            .getCounter(
                MonitoringInfoMetricName.named(
                    MonitoringInfoConstants.Urns.ELEMENT_COUNT,
                    Map.of(MonitoringInfoConstants.Labels.PCOLLECTION, collection)));
    elementCounts.add(new ElementCount(count, cell));
  }

  /** The name of the step that a container belongs to; null if it is none of these. */
  @Nullable String step(@Nullable MetricsContainer container) {
    return names.get(container);
  }

  /** A copy that nobody writes to any more, for sending to the coordinator. */
  public MetricsSnapshot snapshot() {
    for (ElementCount each : elementCounts) {
      long now = each.count.getAsLong();
      each.cell.inc(now - each.folded);
      each.folded = now;
    }
    return MetricsSnapshot.copyOf(steps, names.values());
  }
}
