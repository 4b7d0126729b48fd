package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Contextful;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Requirements;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.CalendarWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LintelRunnerTest {
  private static Pipeline pipeline(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "--runner=LintelRunner";
    System.arraycopy(args, 0, all, 1, args.length);
    return Pipeline.create(PipelineOptionsFactory.fromArgs(all).withValidation().create());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rocksdb", "heap"})
  void groupsCombinesAndJoinsASideInput(String backend) {
    Pipeline pipeline = pipeline("--stateBackend=" + backend, "--parallelism=3");
    PCollection<Integer> numbers =
        pipeline.apply(Create.of(IntStream.range(0, 1_000).boxed().toList()));
    PCollectionView<Long> count = numbers.apply(Count.globally()).apply(View.asSingleton());
    PCollection<KV<Integer, Integer>> byDigit =
        numbers.apply(
            WithKeys.<Integer, Integer>of(i -> i % 10).withKeyType(TypeDescriptors.integers()));
    PAssert.that(byDigit.apply(Sum.integersPerKey()))
        .containsInAnyOrder(
            IntStream.range(0, 10).mapToObj(i -> KV.of(i, 49_500 + 100 * i)).toList());
    PAssert.that(
            byDigit
                .apply(GroupByKey.create())
                .apply(ParDo.of(new SizeTimesCountFn(count)).withSideInputs(count)))
        .containsInAnyOrder(IntStream.range(0, 10).mapToObj(i -> 100_000L).toList());
    assertThat(pipeline.run().getState()).isEqualTo(State.DONE);
  }

  /**
   * What the global window gives has its end as timestamp. Windows that such an element is put into
   * reach beyond it: they expire before they end. (Not with PAssert: it puts the elements into the
   * global window, which has ended before them.)
   */
  @Test
  void nothingIsLateInWindowsThatReachBeyondTheEndOfTime() {
    Pipeline pipeline = pipeline("--stateBackend=heap");
    PCollection<KV<String, Long>> counts =
        pipeline
            .apply(Create.of("a", "b", "a"))
            .apply(Count.perElement())
            .apply(Window.into(CalendarWindows.days(1)))
            .apply(Count.perKey())
            .apply("again", Count.perKey());
    PCollectionView<Map<String, Long>> side = counts.apply(View.asMap());
    counts
        .apply(
            MapElements.into(TypeDescriptors.longs())
                .via(
                    Contextful.fn(
                        (count, context) ->
                            context.sideInput(side).getOrDefault(count.getKey(), 0L),
                        Requirements.requiresSideInputs(side))))
        .apply(Filter.equal(1L))
        .apply("CountThem", ParDo.of(new CountingFn()));

    assertThat(counted(pipeline.run())).isEqualTo(2);
  }

  @Test
  void aWindowThatReachesBeyondTheEndOfTimeHasOneLastPane() {
    Pipeline pipeline = pipeline("--stateBackend=heap");
    pipeline
        .apply(Create.of("a", "b", "a"))
        .apply(Count.perElement())
        .apply(
            Window.<KV<String, Long>>into(CalendarWindows.days(1))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withEarlyFirings(AfterPane.elementCountAtLeast(100)))
                .withAllowedLateness(org.joda.time.Duration.ZERO)
                .accumulatingFiredPanes())
        .apply(Count.perKey())
        .apply(Values.create())
        .apply("CountThem", ParDo.of(new CountingFn()));

    assertThat(counted(pipeline.run())).isEqualTo(2);
  }

  @Test
  void aFailingAssertionReachesTheCaller() {
    Pipeline pipeline = pipeline();
    PAssert.that(pipeline.apply(Create.of(1, 2))).containsInAnyOrder(1, 3);
    assertThatThrownBy(pipeline::run).hasCauseInstanceOf(AssertionError.class);
  }

  @Test
  void theUsersExceptionIsTheCauseAndTheTransformIsNamed() {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of(1, 0))
        .apply("Divide", MapElements.into(TypeDescriptors.integers()).via(i -> 1 / i));
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasCauseInstanceOf(ArithmeticException.class)
        .hasMessageContaining("transform=Divide")
        .hasMessageContaining("/ by zero");
  }

  @Test
  void anUnboundedPipelineRunsUntilItIsCancelled() {
    Pipeline pipeline = pipeline("--blockOnRun=false");
    pipeline
        .apply(GenerateSequence.from(0).withRate(1_000, org.joda.time.Duration.standardSeconds(1)))
        .apply("CountThem", ParDo.of(new CountingFn()));
    PipelineResult result = pipeline.run();
    assertThat(result.getState()).isEqualTo(State.RUNNING);
    assertThat(result.waitUntilFinish(org.joda.time.Duration.millis(1_500))).isNull();
    assertThat(result.getState()).isEqualTo(State.RUNNING);
    assertThat(counted(result)).isGreaterThan(0);
    assertThat(cancel(result)).isEqualTo(State.CANCELLED);
    assertThat(result.waitUntilFinish()).isEqualTo(State.CANCELLED);
  }

  private static State cancel(PipelineResult result) {
    try {
      return result.cancel();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long counted(PipelineResult result) {
    Iterable<MetricResult<Long>> counters =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(CountingFn.class, "seen"))
                    .build())
            .getCounters();
    long sum = 0;
    for (MetricResult<Long> each : counters) {
      assertThat(each.getKey().stepName()).startsWith("CountThem");
      sum += each.getAttempted();
    }
    return sum;
  }

  @Test
  void countersOfAFinishedPipelineAreExact() {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Create.of(LongStreams.range(1_000)))
        .apply("CountThem", ParDo.of(new CountingFn()));
    assertThat(counted(pipeline.run())).isEqualTo(1_000);
  }

  private static final class LongStreams {
    static List<Long> range(int end) {
      return IntStream.range(0, end).mapToObj(i -> (long) i).toList();
    }
  }

  private static final class SizeTimesCountFn extends DoFn<KV<Integer, Iterable<Integer>>, Long> {
    private final PCollectionView<Long> count;

    SizeTimesCountFn(PCollectionView<Long> count) {
      this.count = count;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      long size = 0;
      for (Integer each : context.element().getValue()) {
        size += each == null ? 0 : 1;
      }
      context.output(size * context.sideInput(count));
    }
  }

  private static final class CountingFn extends DoFn<Long, Long> {
    private final Counter seen = Metrics.counter(CountingFn.class, "seen");

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> output) {
      seen.inc();
      output.output(element);
    }
  }

  @Test
  void dryRunPrintsThePlanAndRunsNothing() {
    Pipeline pipeline = pipeline("--dryRun=true");
    pipeline
        .apply("Numbers", Create.of(1, 0))
        .apply("Divide", MapElements.into(TypeDescriptors.integers()).via(i -> 1 / i))
        .apply("CountEach", Count.perElement());
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      assertThat(pipeline.run().getState()).isEqualTo(State.DONE);
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("Numbers", "Divide", "CountEach");
  }

  @Test
  void theProcessesOtherThreadsAreGoneWhenThePipelineIsDone() {
    Pipeline pipeline = pipeline("--jobName=leaves-no-thread");
    pipeline.apply(Create.of(1, 2)).apply(Count.perElement());
    pipeline.run();
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    List<String> left;
    do {
      left =
          Thread.getAllStackTraces().keySet().stream()
              .map(Thread::getName)
              .filter(name -> name.contains("leaves-no-thread"))
              .toList();
      Thread.onSpinWait();
    } while (!left.isEmpty() && System.nanoTime() < deadline);
    assertThat(left).isEmpty();
  }
}
