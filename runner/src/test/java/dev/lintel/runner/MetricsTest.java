package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.BoundedTrie;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.DelegatingHistogram;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.Histogram;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.metrics.StringSet;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.HistogramData;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a user sees of metrics of every kind: while the pipeline runs, and when it has ended, failed
 * or been cancelled. Committed is what is attempted where no checkpoints are taken.
 */
@Timeout(120)
class MetricsTest {
  private static final String NAMESPACE = "kinds";
  private static final Duration MOMENT = Duration.millis(100);

  private static PipelineResult run(GenerateSequence source, long failAt, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "--runner=LintelRunner",
                "--parallelism=2",
                "--stateBackend=heap",
                "--blockOnRun=false"));
    args.addAll(List.of(more));
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(args.toArray(String[]::new)).create());
    pipeline.apply("Numbers", source).apply("Kinds", ParDo.of(new EveryKindFn(failAt)));
    return pipeline.run();
  }

  private static GenerateSequence endless() {
    return GenerateSequence.from(0).withRate(1, Duration.millis(1));
  }

  private static MetricQueryResults kinds(PipelineResult result) {
    return result
        .metrics()
        .queryMetrics(
            MetricsFilter.builder()
                .addNameFilter(MetricNameFilter.inNamespace(NAMESPACE))
                .addStep("Kinds")
                .build());
  }

  /** The only result of a kind, committed as it is attempted. */
  private static <T> T only(Iterable<MetricResult<T>> results) {
    assertThat(results).hasSize(1);
    MetricResult<T> result = results.iterator().next();
    assertThat(result.getKey().stepName()).startsWith("Kinds");
    assertThat(result.getCommitted()).isEqualTo(result.getAttempted());
    return result.getAttempted();
  }

  private static long counted(PipelineResult result) {
    MetricQueryResults kinds = kinds(result);
    return kinds.getCounters().iterator().hasNext() ? only(kinds.getCounters()) : 0;
  }

  /** Every kind tells of the same numbers, from zero on. */
  private static void assertAllKindsTellOf(long count, MetricQueryResults kinds) {
    assertThat(only(kinds.getCounters())).isEqualTo(count);
    assertThat(only(kinds.getDistributions()).getCount()).isEqualTo(count);
    assertThat(only(kinds.getDistributions()).getMin()).isZero();
    assertThat(only(kinds.getHistograms()).getTotalCount()).isEqualTo(count);
    // One slot may be ahead of the other.
    assertThat(only(kinds.getGauges()).getValue()).isNotNegative();
    assertThat(only(kinds.getStringSets()).getStringSet()).isEqualTo(Set.of("even", "odd"));
    assertThat(only(kinds.getBoundedTries()).getResult()).hasSizeBetween(1, 2);
  }

  @Test
  void ofAPipelineThatHasEnded() {
    PipelineResult result = run(GenerateSequence.from(0).to(1_000), Long.MAX_VALUE);
    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);

    assertAllKindsTellOf(1_000, kinds(result));
    assertThat(only(kinds(result).getDistributions()).getMax()).isEqualTo(999);
  }

  @Test
  void ofARunningPipelineAndOfACancelledOne() throws Exception {
    PipelineResult result = run(endless(), Long.MAX_VALUE, "--checkpointIntervalMillis=0");
    long before = 0;
    for (int growths = 0; growths < 2; ) {
      assertThat(result.waitUntilFinish(MOMENT)).isNull();
      long now = counted(result);
      assertThat(now).isGreaterThanOrEqualTo(before);
      if (now > Math.max(before, 1)) {
        growths++;
        before = now;
      }
    }
    assertThat(result.getState()).isEqualTo(State.RUNNING);

    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
    assertThat(counted(result)).isGreaterThanOrEqualTo(before);
    assertAllKindsTellOf(counted(result), kinds(result));
  }

  @Test
  void whatNoCheckpointHasIsNotCommitted() throws Exception {
    PipelineResult result = run(endless(), Long.MAX_VALUE, "--checkpointIntervalMillis=3600000");
    while (!kinds(result).getCounters().iterator().hasNext()) {
      assertThat(result.waitUntilFinish(MOMENT)).isNull();
    }

    assertThat(kinds(result).getCounters().iterator().next().getCommitted()).isZero();
    assertThat(kinds(result).getDistributions().iterator().next().getCommitted().getCount())
        .isZero();
    assertThat(kinds(result).getHistograms().iterator().next().getCommitted().getTotalCount())
        .isZero();
    assertThat(kinds(result).getStringSets().iterator().next().getCommitted().getStringSet())
        .isEmpty();
    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
  }

  @Test
  void ofAPipelineThatHasFailed() {
    PipelineResult result = run(GenerateSequence.from(0).to(1_000), 500);
    assertThatThrownBy(result::waitUntilFinish).hasMessageContaining("transform=Kinds");

    assertThat(result.getState()).isEqualTo(State.FAILED);
    // The number that failed was counted before, and everything that its task counted is there.
    assertThat(counted(result)).isBetween(2L, 1_000L);
    assertThat(only(kinds(result).getDistributions()).getMax()).isGreaterThanOrEqualTo(500);
  }

  @Test
  void ofElementsThatEachStepHasMade() {
    PipelineResult result = run(GenerateSequence.from(0).to(1_000), Long.MAX_VALUE);
    result.waitUntilFinish();

    MetricQueryResults system =
        result.metrics().queryMetrics(MetricsFilter.builder().addStep("Numbers").build());
    assertThat(system.getCounters())
        .anySatisfy(
            each -> {
              assertThat(each.getName().getName()).isEqualTo("metric:element_count:v1");
              assertThat(each.getAttempted()).isEqualTo(1_000);
            });
  }

  private static final class EveryKindFn extends DoFn<Long, Long> {
    private final Counter counter = Metrics.counter(NAMESPACE, "counter");
    private final Distribution distribution = Metrics.distribution(NAMESPACE, "distribution");
    private final Gauge gauge = Metrics.gauge(NAMESPACE, "gauge");
    private final StringSet stringSet = Metrics.stringSet(NAMESPACE, "stringSet");
    private final BoundedTrie boundedTrie = Metrics.boundedTrie(NAMESPACE, "boundedTrie");
    private final Histogram histogram =
        new DelegatingHistogram(
            MetricName.named(NAMESPACE, "histogram"),
            HistogramData.LinearBuckets.of(0, 100, 10),
            false);

    private final long failAt;

    EveryKindFn(long failAt) {
      this.failAt = failAt;
    }

    @ProcessElement
    public void process(@Element Long number) {
      String parity = number % 2 == 0 ? "even" : "odd";
      counter.inc();
      distribution.update(number);
      gauge.set(number);
      stringSet.add(parity);
      boundedTrie.add("numbers", parity);
      histogram.update(number);
      if (number == failAt) {
        throw new IllegalStateException("on purpose");
      }
    }
  }
}
