package dev.lintel.validates;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Duration;

/**
 * A runner that drops every element and reports success: what a broken Lintel would look like.
 *
 * <p>As Lintel does, it says that it supports metrics, and its counters are those of a pipeline in
 * which nothing flowed: none. A harness worth its name fails most of the suite on it.
 */
public final class BrokenRunner extends PipelineRunner<PipelineResult> {

  private BrokenRunner() {}

  /** Called by Beam by reflection. */
  public static BrokenRunner fromOptions(PipelineOptions options) {
    return new BrokenRunner();
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    MetricsEnvironment.setMetricsSupported(true);
    return new NothingHappened();
  }

  private static final class NothingHappened implements PipelineResult {

    @Override
    public State getState() {
      return State.DONE;
    }

    @Override
    public State cancel() {
      return State.DONE;
    }

    @Override
    public State waitUntilFinish(Duration duration) {
      return State.DONE;
    }

    @Override
    public State waitUntilFinish() {
      return State.DONE;
    }

    @Override
    public MetricResults metrics() {
      return new NoMetrics();
    }
  }

  private static final class NoMetrics extends MetricResults {

    @Override
    public MetricQueryResults queryMetrics(MetricsFilter filter) {
      return MetricQueryResults.create(
          List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
    }
  }
}
