package dev.lintel.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.source.Pace;
import java.util.Arrays;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class WindowLatencyTest {

  @Test
  void theMeasuredRunIsPacedToAPartOfTheBestBefore() {
    BenchmarkCase half = WindowLatency.all().get(0);
    Work work = Work.cyclic(200_000, 100);
    Work warmUp = work.dividedBy(4);
    double highest = 0;
    for (int i = 0; i < 3; i++) {
      run(half, warmUp);
      assertThat(half.check(warmUp)).isPositive();
      assertThat(half.measures(warmUp)).doesNotContainKey("offered/s");
      Double perSecond = Pace.elementsPerSecond(warmUp.elements());
      assertThat(perSecond).isPositive();
      highest = Math.max(highest, perSecond);
    }
    half.warmedUp();

    double seconds = run(half, work, "--pacedSeconds=2");
    assertThat(half.check(work)).isPositive();
    // As the case reckons: half of it may differ in the last digit.
    assertThat(half.measures(work)).containsEntry("offered/s", highest * 50 / 100);
    assertThat(half.elements(work)).isEqualTo((long) (2 * (highest * 50 / 100)));
    assertThat(seconds).isGreaterThan((half.elements(work) - 1) / (highest / 2));
  }

  @Test
  void aGivenRateIsKeptAndLatenciesAreInOrder() {
    BenchmarkCase benchmark = WindowLatency.all().get(1);
    Work work = Work.cyclic(1_000_000, 100);
    assertThat(run(benchmark, work, "--offeredPerSecond=10000", "--pacedSeconds=3"))
        .isGreaterThan(3);
    assertThat(benchmark.check(work)).isPositive();
    Map<String, Double> measures = benchmark.measures(work);
    assertThat(measures).containsEntry("offered/s", 10_000.0);
    for (String of : new String[] {"element", "window"}) {
      assertThat(measures.get(of + " p50 ms")).as(of).isPositive();
      assertThat(measures.get(of + " p99 ms"))
          .isBetween(measures.get(of + " p50 ms"), measures.get(of + " p99.9 ms"));
    }
    assertThat(Latencies.ELEMENT.count())
        .as("each sixteenth from 10,000 on: the first third is not measured")
        .isEqualTo((30_000 - 10_000) / 16);
  }

  private static double run(BenchmarkCase benchmark, Work work, String... options) {
    benchmark.prepare(work);
    Tally.clear();
    String[] arguments = Arrays.copyOf(options, options.length + 1);
    arguments[options.length] = "--runner=LintelRunner";
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(arguments).create());
    benchmark.build(pipeline, work);
    long start = System.nanoTime();
    pipeline.run().waitUntilFinish();
    return (System.nanoTime() - start) / 1e9;
  }
}
