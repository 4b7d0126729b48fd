package dev.lintel.benchmarks.held;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.joda.time.Duration;

/** A job that goes on by itself until it is closed, and what it counts of its checkpoints. */
final class RunningJob implements AutoCloseable {
  private static final String NAMESPACE = "lintel.checkpoints";
  private static final Duration LOOK_EVERY = Duration.millis(20);

  private final PipelineResult result;

  RunningJob(PipelineResult result) {
    this.result = result;
  }

  /**
   * All complete checkpoints together, at one time.
   *
   * @param pauseMillis how long tasks processed nothing because of them
   * @param durationMillis from their beginnings to their ends
   */
  record Checkpoints(long completed, long pauseMillis, long durationMillis, long storedBytes) {}

  Checkpoints checkpoints() {
    MetricQueryResults all =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.inNamespace(NAMESPACE))
                    .build());
    long stored = 0;
    for (MetricResult<Long> each : all.getCounters()) {
      if (each.getName().getName().equals("storedBytes")) {
        stored = each.getAttempted();
      }
    }
    DistributionResult durations = distribution(all, "durationMillis");
    return new Checkpoints(
        durations.getCount(),
        distribution(all, "pauseMillis").getSum(),
        durations.getSum(),
        stored);
  }

  private static DistributionResult distribution(MetricQueryResults all, String name) {
    for (MetricResult<DistributionResult> each : all.getDistributions()) {
      if (each.getName().getName().equals(name)) {
        return each.getAttempted();
      }
    }
    return DistributionResult.IDENTITY_ELEMENT;
  }

  /** Waits until so many checkpoints are complete. */
  Checkpoints awaitCheckpoints(long completed) {
    await(() -> checkpoints().completed() >= completed);
    return checkpoints();
  }

  /**
   * @throws IllegalStateException if the job ends before
   */
  void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      waitFor(LOOK_EVERY);
    }
  }

  /** Lets the job go on for a time. */
  void waitFor(Duration time) {
    PipelineResult.State ended = result.waitUntilFinish(time);
    if (ended != null && ended.isTerminal()) {
      throw new IllegalStateException("Expected the job to go on, but it is " + ended);
    }
  }

  @Override
  public void close() {
    try {
      result.cancel();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not cancel the job", e);
    }
  }
}
