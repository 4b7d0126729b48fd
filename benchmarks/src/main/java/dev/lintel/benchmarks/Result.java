package dev.lintel.benchmarks;

import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;

/**
 * What a benchmark's pipeline has counted: a figure is worth something only if the work was done.
 */
final class Result {
  private final Class<?> benchmark;
  private final PipelineResult result;

  /**
   * @param benchmark the namespace of its counters
   * @param result of the pipeline, which has ended
   */
  Result(Class<?> benchmark, PipelineResult result) {
    this.benchmark = benchmark;
    this.result = result;
  }

  long counter(String name) {
    MetricsFilter filter =
        MetricsFilter.builder().addNameFilter(MetricNameFilter.named(benchmark, name)).build();
    long found = 0;
    for (MetricResult<Long> each : result.metrics().queryMetrics(filter).getCounters()) {
      found += each.getAttempted();
    }
    return found;
  }

  void expect(String counter, long expected) {
    expect(counter, expected, counter(counter));
  }

  static void expect(String what, long expected, long found) {
    if (found != expected) {
      throw new IllegalStateException("Expected " + what + "=" + expected + ", but found " + found);
    }
  }
}
