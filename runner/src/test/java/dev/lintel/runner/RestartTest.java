package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.job.JobFailedException;
import dev.lintel.runner.job.SavepointException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs that fail now and then go on from their last checkpoint, as if nothing had happened. */
@Timeout(120)
class RestartTest {
  private static final int ELEMENTS = 200_000;
  private static final int KEYS = 1_000;

  private static Pipeline pipeline(String name, String backend, String... more) {
    return new JobOptions(name)
        .set("stateBackend", backend)
        .set("blockOnRun", "true")
        .set("checkpointIntervalMillis", "20")
        .set("restartStrategy", "exponential")
        .set("restartDelayMillis", "1")
        .setAll(more)
        .pipeline();
  }

  private static final class RunningCount extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value(VarLongCoder.of());

    private final Counter counter = Metrics.counter(RunningCount.class, "counted");

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("count") ValueState<Long> count,
        OutputReceiver<KV<Long, Long>> output) {
      Long before = count.read();
      long now = before == null ? 1 : before + 1;
      count.write(now);
      counter.inc();
      output.output(KV.of(element.getKey(), now));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rocksdb", "heap"})
  void stateOfABoundedPipelineIsThereOnce(String backend) {
    String name = "bounded-" + backend;
    Stumble.allow(name, 4);
    Pipeline pipeline = pipeline(name, backend);
    PCollection<KV<Long, Long>> counts =
        pipeline
            .apply(GenerateSequence.from(0).to(ELEMENTS))
            .apply(WithKeys.<Long, Long>of(i -> i % KEYS).withKeyType(TypeDescriptors.longs()))
            .apply("Count", ParDo.of(new RunningCount()))
            .apply("Stumble", ParDo.of(new Stumble<>(name, 30_000)));
    // Every number from 1 to the last comes once for each key.
    PAssert.that(counts.apply(Values.create()).apply(Count.perElement()))
        .satisfies(
            each -> {
              int distinct = 0;
              for (KV<Long, Long> one : each) {
                distinct++;
                assertThat(one.getValue()).as("how often %s", one.getKey()).isEqualTo(KEYS);
              }
              assertThat(distinct).isEqualTo(ELEMENTS / KEYS);
              return null;
            });

    PipelineResult result = pipeline.run();

    assertThat(Stumble.left(name)).isLessThanOrEqualTo(0);
    assertThat(counted(result)).isEqualTo(ELEMENTS);
  }

  private static long counted(PipelineResult result) {
    return result
        .metrics()
        .queryMetrics(
            MetricsFilter.builder()
                .addNameFilter(MetricNameFilter.named(RunningCount.class, "counted"))
                .build())
        .getCounters()
        .iterator()
        .next()
        .getCommitted();
  }

  private static final class Factor extends DoFn<Long, KV<Long, Long>> {
    private final PCollectionView<Map<Long, Long>> factors;

    Factor(PCollectionView<Map<Long, Long>> factors) {
      this.factors = factors;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      long key = context.element() % 10;
      context.output(KV.of(key, context.sideInput(factors).get(key)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rocksdb", "heap"})
  void windowsAndSideInputsOfABoundedPipelineAreThereOnce(String backend) {
    String name = "windows-" + backend;
    Stumble.allow(name, 4);
    Pipeline pipeline = pipeline(name, backend);
    PCollectionView<Map<Long, Long>> factors =
        pipeline
            .apply("Factors", GenerateSequence.from(0).to(10))
            .apply("ByNumber", WithKeys.<Long, Long>of(i -> i).withKeyType(TypeDescriptors.longs()))
            .apply(View.asMap());
    PCollection<KV<Long, Long>> sums =
        pipeline
            .apply(GenerateSequence.from(0).to(ELEMENTS).withTimestampFn(i -> new Instant(i)))
            .apply(Window.into(FixedWindows.of(Duration.millis(50_000))))
            .apply("Multiply", ParDo.of(new Factor(factors)).withSideInputs(factors))
            .apply("Stumble", ParDo.of(new Stumble<>(name, 25_000)))
            .apply(Sum.longsPerKey());
    List<KV<Long, Long>> expected = new ArrayList<>();
    for (int window = 0; window < ELEMENTS / 50_000; window++) {
      for (long key = 0; key < 10; key++) {
        expected.add(KV.of(key, key * 5_000));
      }
    }
    PAssert.that(sums).containsInAnyOrder(expected);

    pipeline.run();

    assertThat(Stumble.left(name)).isLessThanOrEqualTo(0);
  }

  private static final class Seen extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    static final AtomicInteger COUNT = new AtomicInteger();

    @ProcessElement
    public void process(@Element KV<Long, Long> element, OutputReceiver<KV<Long, Long>> output) {
      COUNT.incrementAndGet();
      output.output(element);
    }
  }

  /** What it was told to do, the next attempt does. */
  @Test
  void aJobThatFailsWhileItIsDrainedIsStillDrained() {
    String name = "drained";
    Stumble.allow(name, 1);
    Pipeline pipeline = pipeline(name, "heap", "--blockOnRun=false", "--restartStrategy=fixed");
    pipeline
        .apply(GenerateSequence.from(0).withRate(100, Duration.millis(10)))
        .apply(WithKeys.<Long, Long>of(i -> i % 2).withKeyType(TypeDescriptors.longs()))
        .apply("Seen", ParDo.of(new Seen()))
        // It does not end before the drain.
        .apply(Window.into(FixedWindows.of(Duration.standardDays(100_000))))
        .apply(Count.perKey())
        .apply("Stumble", ParDo.of(new Stumble<>(name, 1)));

    LintelPipelineResult result = (LintelPipelineResult) pipeline.run();
    while (Seen.COUNT.get() == 0) {
      Thread.onSpinWait();
    }
    result.drain();

    assertThat(result.waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
    assertThat(Stumble.left(name)).isLessThanOrEqualTo(0);
  }

  /** Most of the time no attempt runs, as none gets far. */
  @Test
  void aJobThatIsStoppedBetweenTwoAttemptsHasNotFailed() {
    String name = "between-attempts";
    Stumble.allow(name, Integer.MAX_VALUE);
    Pipeline pipeline =
        pipeline(
            name,
            "heap",
            "--blockOnRun=false",
            "--restartStrategy=fixed",
            "--restartDelayMillis=3000");
    pipeline
        .apply(GenerateSequence.from(0).withRate(100, Duration.millis(10)))
        .apply("Stumble", ParDo.of(new Stumble<>(name, 50)));
    LintelPipelineResult result = (LintelPipelineResult) pipeline.run();
    while (Stumble.left(name) == Integer.MAX_VALUE) {
      Thread.onSpinWait();
    }

    while (!result.getState().isTerminal()) {
      try {
        result.stop(null);
      } catch (SavepointException e) {
        assertThat(e).hasStackTraceContaining("stumbled");
      }
    }

    assertThat(result.getState()).isEqualTo(PipelineResult.State.CANCELLED);
  }

  @Test
  void aCrashLoopEndsWithTheOriginalError() {
    Stumble.allow("loop", Integer.MAX_VALUE);
    Pipeline pipeline = pipeline("loop", "heap", "--restartAttempts=3");
    pipeline
        .apply(GenerateSequence.from(0).to(1_000))
        .apply("Stumble", ParDo.of(new Stumble<>("loop", 500)));

    assertThatThrownBy(pipeline::run)
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("stumbled at element 500")
        .hasMessageContaining("transform=Stumble");
    assertThat(Integer.MAX_VALUE - Stumble.left("loop")).as("failures").isBetween(4, 8);
  }
}
