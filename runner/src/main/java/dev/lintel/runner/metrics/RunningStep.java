package dev.lintel.runner.metrics;

import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.jspecify.annotations.Nullable;

/**
 * Tells from outside which step the user code belongs to that a task's thread is in. It reads what
 * the thread keeps for its metrics anyway, so that the way of an element pays nothing for it.
 */
public final class RunningStep {
  private final MetricsEnvironmentState thread;
  private final TaskMetrics metrics;

  private RunningStep(MetricsEnvironmentState thread, TaskMetrics metrics) {
    this.thread = thread;
    this.metrics = metrics;
  }

  /** Of the calling thread, which runs the task that writes {@code metrics}. */
  public static RunningStep ofThisThread(TaskMetrics metrics) {
    return new RunningStep(
        MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread(), metrics);
  }

  /**
   * The step's name; null if the thread is in none. Only for a thread that has been given up: Beam
   * lets the container be read only by taking it out for a moment, in which the thread would count
   * nowhere.
   */
  public @Nullable String ofStuckThread() {
    MetricsContainer container = thread.activate(null);
    if (container != null) {
      thread.activate(container);
    }
    return metrics.step(container);
  }
}
