package dev.lintel.runner.operator;

import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.jspecify.annotations.Nullable;

/**
 * Makes a step's metrics container the current one around calls of user code. Beam finds the
 * current container by thread; the thread's holder is looked up once, when the operator opens.
 *
 * <p>Used as {@code before = scope.enter(); try { … } finally { scope.leave(before); }}.
 */
final class StepScope {
  private final MetricsContainer container;
  private @Nullable MetricsEnvironmentState thread;

  StepScope(MetricsContainer container) {
    this.container = container;
  }

  @Nullable MetricsContainer enter() {
    MetricsEnvironmentState current = thread;
    if (current == null) {
      current = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
      thread = current;
    }
    return current.activate(container);
  }

  void leave(@Nullable MetricsContainer before) {
    if (thread != null) {
      thread.activate(before);
    }
  }
}
