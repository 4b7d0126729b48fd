package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.splittabledofn.ManualWatermarkEstimator;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimators;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Splittable DoFns as a user meets them, beyond Beam's own suite: slices, residuals, watermarks.
 */
@Timeout(60)
class SplittableDoFnTest {
  private static Pipeline pipeline(String... args) {
    List<String> all = new ArrayList<>(List.of("--runner=LintelRunner"));
    all.addAll(List.of(args));
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).withValidation().create());
  }

  /** Counts from 0 to the element; stops after every third number and asks to go on later. */
  @DoFn.BoundedPerElement
  private static final class CountUpFn extends DoFn<Long, KV<Long, Long>> {
    private final long delayMillis;

    CountUpFn(long delayMillis) {
      this.delayMillis = delayMillis;
    }

    @GetInitialRestriction
    public OffsetRange range(@Element Long end) {
      return new OffsetRange(0, end);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Long end,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<KV<Long, Long>> out) {
      long next = tracker.currentRestriction().getFrom();
      for (int i = 0; i < 3; i++, next++) {
        if (!tracker.tryClaim(next)) {
          return ProcessContinuation.stop();
        }
        out.output(KV.of(end, next));
      }
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(delayMillis));
    }
  }

  @ParameterizedTest
  @CsvSource({"rocksdb, 1, 0", "heap, 3, 0", "rocksdb, 2, 5"})
  void manyResidualsAreAllGoneOnWith(String backend, int parallelism, long delayMillis) {
    Pipeline pipeline =
        pipeline(
            "--stateBackend=" + backend,
            "--parallelism=" + parallelism,
            "--maxBundleSize=10",
            "--stateMemoryMiB=16");
    List<Long> ends = new ArrayList<>();
    List<KV<Long, Long>> counts = new ArrayList<>();
    for (long end = 0; end < 200; end++) {
      ends.add(end);
      if (end > 0) {
        counts.add(KV.of(end, end));
      }
    }
    PCollection<KV<Long, Long>> numbers =
        pipeline.apply(Create.of(ends)).apply(ParDo.of(new CountUpFn(delayMillis)));
    PAssert.that(
            numbers
                .apply(
                    MapElements.into(TypeDescriptor.of(Long.class))
                        .via((KV<Long, Long> each) -> each.getKey()))
                .setCoder(VarLongCoder.of())
                .apply(Count.perElement()))
        .containsInAnyOrder(counts);
    pipeline.run();
  }

  @Test
  void residualsThatWaitGoOnWhenAScriptHasEnded() {
    Pipeline pipeline = pipeline("--parallelism=2");
    PCollection<KV<Long, Long>> numbers =
        pipeline
            .apply(
                TestStream.create(VarLongCoder.of()).addElements(7L).advanceWatermarkToInfinity())
            .apply(ParDo.of(new CountUpFn(3_600_000)))
            .apply(Window.into(FixedWindows.of(Duration.standardDays(1))));
    PAssert.that(numbers.apply(Count.perKey())).containsInAnyOrder(KV.of(7L, 7L));
    pipeline.run();
  }

  /** Says which thread has claimed each number; takes its time. */
  @DoFn.BoundedPerElement
  private static final class WhoFn extends DoFn<Long, KV<String, Long>> {
    @GetInitialRestriction
    public OffsetRange range(@Element Long end) {
      return new OffsetRange(0, end);
    }

    @ProcessElement
    public void process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<KV<String, Long>> out) {
      for (long next = tracker.currentRestriction().getFrom(); tracker.tryClaim(next); next++) {
        LockSupport.parkNanos(200_000);
        String thread = Thread.currentThread().getName();
        out.output(KV.of(thread.substring(thread.lastIndexOf('-') + 1), next));
      }
    }
  }

  @Test
  void idleSlotsGetHalfOfALongElement() {
    Pipeline pipeline = pipeline("--parallelism=3", "--maxBundleTimeMillis=10");
    PCollection<KV<String, Long>> numbers =
        pipeline.apply(Create.of(5_000L)).apply(ParDo.of(new WhoFn()));
    PAssert.that(numbers.apply(Values.create())).satisfies(SplittableDoFnTest::areAllOf5000);
    PAssert.that(numbers.apply(Count.perKey()))
        .satisfies(
            bySlot -> {
              assertThat(bySlot).as("numbers by slot").hasSizeGreaterThan(1);
              return null;
            });
    pipeline.run();
  }

  private static Void areAllOf5000(Iterable<Long> numbers) {
    List<Long> sorted = new ArrayList<>();
    numbers.forEach(sorted::add);
    sorted.sort(null);
    assertThat(sorted).hasSize(5_000).startsWith(0L).endsWith(4_999L).doesNotHaveDuplicates();
    return null;
  }

  /** Never ends, and never gives the thread back by itself. */
  @DoFn.UnboundedPerElement
  private static final class EndlessFn extends DoFn<String, String> {
    private final Counter a = Metrics.counter(EndlessFn.class, "a");
    private final Counter b = Metrics.counter(EndlessFn.class, "b");

    @GetInitialRestriction
    public OffsetRange range() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element String name, RestrictionTracker<OffsetRange, Long> tracker) {
      for (long next = tracker.currentRestriction().getFrom(); tracker.tryClaim(next); next++) {
        (name.equals("a") ? a : b).inc();
      }
      return ProcessContinuation.stop();
    }
  }

  @Test
  void endlessElementsTakeTurns() throws Exception {
    Pipeline pipeline =
        pipeline("--parallelism=1", "--blockOnRun=false", "--maxBundleTimeMillis=10");
    pipeline.apply(Create.of("a", "b")).apply(ParDo.of(new EndlessFn()));
    PipelineResult result = pipeline.run();
    while (counter(result, "a") == 0 || counter(result, "b") == 0) {
      assertThat(result.waitUntilFinish(Duration.millis(50))).isNull();
    }
    assertThat(result.cancel()).isEqualTo(PipelineResult.State.CANCELLED);
  }

  private static long counter(PipelineResult result, String name) {
    long sum = 0;
    for (MetricResult<Long> each :
        result.metrics().queryMetrics(MetricsFilter.builder().build()).getCounters()) {
      if (each.getName().getName().equals(name)) {
        sum += each.getAttempted();
      }
    }
    return sum;
  }

  /** A number a second of event time, each in a call of its own; holds the watermark there. */
  @DoFn.UnboundedPerElement
  private static final class TickFn extends DoFn<String, Long> {
    @GetInitialRestriction
    public OffsetRange range() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @GetInitialWatermarkEstimatorState
    public Instant initialWatermark() {
      return new Instant(0);
    }

    @NewWatermarkEstimator
    public WatermarkEstimators.Manual estimator(@WatermarkEstimatorState Instant watermark) {
      return new WatermarkEstimators.Manual(watermark);
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker,
        ManualWatermarkEstimator<Instant> estimator,
        OutputReceiver<Long> out) {
      long next = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(next)) {
        return ProcessContinuation.stop();
      }
      out.outputWithTimestamp(next, new Instant(next * 1_000));
      estimator.setWatermark(new Instant((next + 1) * 1_000));
      return ProcessContinuation.resume();
    }
  }

  private static final class WindowCountFn extends DoFn<KV<String, Long>, Void> {
    private final Counter whole = Metrics.counter(WindowCountFn.class, "whole windows");
    private final Counter broken = Metrics.counter(WindowCountFn.class, "broken windows");

    @ProcessElement
    public void process(@Element KV<String, Long> count) {
      (count.getValue() == 10 ? whole : broken).inc();
    }
  }

  @Test
  void theEstimatorsWatermarkClosesWindowsOfAnEndlessElement() throws Exception {
    Pipeline pipeline = pipeline("--parallelism=2", "--blockOnRun=false");
    pipeline
        .apply(Create.of("tick"))
        .apply(ParDo.of(new TickFn()))
        .apply(Window.into(FixedWindows.of(Duration.standardSeconds(10))))
        .apply(MapElements.into(TypeDescriptor.of(String.class)).via((Long each) -> "all"))
        .apply(Count.perElement())
        .apply(ParDo.of(new WindowCountFn()));
    PipelineResult result = pipeline.run();
    while (counter(result, "whole windows") < 5) {
      assertThat(result.waitUntilFinish(Duration.millis(50))).isNull();
    }
    result.cancel();
    assertThat(counter(result, "broken windows")).isZero();
  }

  /** Bounded, without an estimator: what it has not emitted is not late. */
  @Test
  void withoutAnEstimatorTheElementHoldsTheWatermark() {
    Pipeline pipeline = pipeline("--parallelism=2", "--maxBundleSize=1");
    PCollection<KV<Long, Long>> numbers =
        pipeline
            .apply(
                Create.timestamped(
                    TimestampedValue.of(50L, new Instant(5)),
                    TimestampedValue.of(20L, new Instant(100_000))))
            .apply(ParDo.of(new CountUpFn(1)))
            .apply(Window.into(FixedWindows.of(Duration.standardSeconds(1))));
    PAssert.that(numbers.apply(Count.perKey()))
        .containsInAnyOrder(KV.of(50L, 50L), KV.of(20L, 20L));
    pipeline.run();
  }

  /** Endless; when the job drains, it counts on to the next hundred. */
  @DoFn.UnboundedPerElement
  private static final class ToTheNextHundredFn extends DoFn<String, Long> {
    private final Counter counted = Metrics.counter(ToTheNextHundredFn.class, "counted");

    @GetInitialRestriction
    public OffsetRange range() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @TruncateRestriction
    public RestrictionTracker.TruncateResult<OffsetRange> truncate(
        RestrictionTracker<OffsetRange, Long> tracker) {
      long from = tracker.currentRestriction().getFrom();
      return RestrictionTracker.TruncateResult.of(new OffsetRange(from, (from / 100 + 1) * 100));
    }

    @ProcessElement
    public ProcessContinuation process(RestrictionTracker<OffsetRange, Long> tracker) {
      for (long next = tracker.currentRestriction().getFrom(); tracker.tryClaim(next); next++) {
        counted.inc();
      }
      return ProcessContinuation.stop();
    }
  }

  @Test
  void drainTruncatesWhatIsLeftAndEndsSourcesWithoutAnEnd() throws Exception {
    Pipeline pipeline = pipeline("--parallelism=2", "--blockOnRun=false", "--maxBundleSize=50");
    pipeline.apply(Create.of("a")).apply("Hundreds", ParDo.of(new ToTheNextHundredFn()));
    pipeline.apply(Create.of("b")).apply("Dropped", ParDo.of(new DroppedFn()));
    pipeline
        .apply(GenerateSequence.from(0).withRate(1_000, Duration.standardSeconds(1)))
        .apply(Window.into(FixedWindows.of(Duration.standardDays(10_000))))
        .apply(Combine.globally(Count.<Long>combineFn()).withoutDefaults())
        .apply(ParDo.of(new CountedFn()));
    LintelPipelineResult result = (LintelPipelineResult) pipeline.run();
    while (counter(result, "counted") == 0) {
      assertThat(result.waitUntilFinish(Duration.millis(50))).isNull();
    }
    assertThat(counter(result, "panes")).isZero();
    result.drain();
    assertThat(result.waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
    assertThat(counter(result, "counted") % 100).isZero();
    assertThat(counter(result, "panes")).isEqualTo(1);
  }

  /** Waits for ever, and leaves nothing to do when the job drains. */
  @DoFn.UnboundedPerElement
  private static final class DroppedFn extends DoFn<String, Long> {
    @GetInitialRestriction
    public OffsetRange range() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @TruncateRestriction
    public RestrictionTracker.@Nullable TruncateResult<OffsetRange> truncate() {
      return null;
    }

    @ProcessElement
    public ProcessContinuation process(RestrictionTracker<OffsetRange, Long> tracker) {
      return tracker.tryClaim(tracker.currentRestriction().getFrom())
          ? ProcessContinuation.resume().withResumeDelay(Duration.standardDays(1))
          : ProcessContinuation.stop();
    }
  }

  private static final class CountedFn extends DoFn<Long, Void> {
    private final Counter panes = Metrics.counter(CountedFn.class, "panes");

    @ProcessElement
    public void process(@Element Long count) {
      if (count > 0) {
        panes.inc();
      }
    }
  }

  private static final class ResumingAfterFailedClaimFn extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange range() {
      return new OffsetRange(0, 1);
    }

    @ProcessElement
    public ProcessContinuation process(RestrictionTracker<OffsetRange, Long> tracker) {
      tracker.tryClaim(0L);
      tracker.tryClaim(1L);
      return ProcessContinuation.resume();
    }
  }

  @Test
  void resumingAfterAFailedClaimIsTheUsersError() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Create.of("a")).apply("Bad", ParDo.of(new ResumingAfterFailedClaimFn()));
    assertThatThrownBy(pipeline::run)
        .hasMessageContaining("to return stop() after a claim has failed")
        .hasMessageContaining("Bad");
  }

  private static final class UnfinishedFn extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange range() {
      return new OffsetRange(0, 5);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker) {
      tracker.tryClaim(0L);
    }
  }

  @Test
  void stoppingBeforeAllIsClaimedIsTheUsersError() {
    Pipeline pipeline = pipeline();
    pipeline.apply(Create.of("a")).apply("Unfinished", ParDo.of(new UnfinishedFn()));
    assertThatThrownBy(pipeline::run)
        .hasMessageContaining("Unfinished")
        .hasMessageContaining("claiming work in [1, 5) was not attempted");
  }
}
