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
  void theMeasuredRunIsPacedToAPartOfTheLastBefore() {
    BenchmarkCase half = WindowLatency.all().get(0);
    Work work = Work.cyclic(200_000, 100);
    Work warmUp = work.dividedBy(4);
    run(half, warmUp);
    run(half, warmUp);
    half.warmedUp();
    assertThat(half.check(warmUp)).isPositive();
    assertThat(half.measures(warmUp)).doesNotContainKey("offered/s");
    Double highest = Pace.elementsPerSecond(warmUp.elements());
    assertThat(highest).isPositive();

    double seconds = run(half, work);
    assertThat(half.check(work)).isPositive();
    // As the case reckons: half of it may differ in the last digit.
    assertThat(half.measures(work)).containsEntry("offered/s", highest * 50 / 100);
    assertThat(seconds).isGreaterThan((work.elements() - 1) / (highest / 2));
  }

  @Test
  void aGivenRateIsKeptAndLatenciesAreInOrder() {
    BenchmarkCase benchmark = WindowLatency.all().get(1);
    Work work = Work.cyclic(30_000, 100);
    assertThat(run(benchmark, work, "--offeredPerSecond=10000")).isGreaterThan(3);
    assertThat(benchmark.check(work)).isPositive();
    Map<String, Double> measures = benchmark.measures(work);
    assertThat(measures).containsEntry("offered/s", 10_000.0);
    for (String of : new String[] {"element", "window"}) {
      assertThat(measures.get(of + " p50 ms")).as(of).isPositive();
      assertThat(measures.get(of + " p99 ms"))
          .isBetween(measures.get(of + " p50 ms"), measures.get(of + " p99.9 ms"));
    }
    assertThat(Latencies.ELEMENT.count())
        .as("each sixteenth from 7,504 on: the first quarter is not measured")
        .isEqualTo((30_000 - 7_504) / 16);
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
