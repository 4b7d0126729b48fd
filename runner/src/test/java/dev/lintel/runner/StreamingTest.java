package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watermarks, idle sources and timers as a user of an endless pipeline meets them. */
@Timeout(60)
class StreamingTest {
  private static Pipeline pipeline(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "--runner=LintelRunner";
    System.arraycopy(args, 0, all, 1, args.length);
    return Pipeline.create(PipelineOptionsFactory.fromArgs(all).withValidation().create());
  }

  @Test
  void anIdleSplitDoesNotPinTheWatermark() throws Exception {
    assertThat(panesWithin(30_000, "--idleSourceTimeoutMillis=50")).isPositive();
  }

  @Test
  void byDefaultEverySplitKeepsTheWatermarkBack() throws Exception {
    assertThat(panesWithin(2_000)).isZero();
  }

  /**
   * Late elements may set timers that are due at once: nothing else moves the watermark for them.
   */
  @Test
  void aTimerThatIsSetBehindTheWatermarkFiresBeforeTheScriptGoesOn() {
    Pipeline pipeline = pipeline();
    TestStream<KV<String, Long>> stream =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()))
            .advanceWatermarkTo(new Instant(20))
            .addElements(TimestampedValue.of(KV.of("key", 5L), new Instant(9)))
            .addElements(TimestampedValue.of(KV.of("key", ClearableTimerFn.CLEAR), new Instant(25)))
            .advanceWatermarkToInfinity();

    PAssert.that(pipeline.apply(stream).apply(ParDo.of(new ClearableTimerFn())))
        .containsInAnyOrder("fired at 13");

    pipeline.run();
  }

  /**
   * Panes that a pipeline with one talking and one silent split has fired when the time is over, or
   * the first is seen.
   */
  private static long panesWithin(long millis, String... args) throws IOException {
    String[] all = new String[args.length + 2];
    all[0] = "--blockOnRun=false";
    all[1] = "--parallelism=2";
    System.arraycopy(args, 0, all, 2, args.length);
    Pipeline pipeline = pipeline(all);
    pipeline
        .apply(Read.from(new OneSilentSplitSource(-1)))
        .apply(Window.into(FixedWindows.of(Duration.millis(10))))
        .apply(Count.perElement())
        .apply(ParDo.of(new PaneCountingFn()));
    PipelineResult result = pipeline.run();
    long panes = 0;
    for (long waited = 0; waited < millis && panes == 0; waited += 100) {
      result.waitUntilFinish(Duration.millis(100));
      panes = panes(result);
    }
    result.cancel();
    return panes;
  }

  private static long panes(PipelineResult result) {
    long sum = 0;
    for (MetricResult<Long> each :
        result.metrics().queryMetrics(MetricsFilter.builder().build()).getCounters()) {
      if (each.getName().getName().equals("panes")) {
        sum += each.getAttempted();
      }
    }
    return sum;
  }

  private static final class PaneCountingFn extends DoFn<KV<Long, Long>, Void> {
    private final Counter panes = Metrics.counter(PaneCountingFn.class, "panes");

    @ProcessElement
    public void process() {
      panes.inc();
    }
  }

  /** Split 0 counts up, one millisecond an element; split 1 never says anything. */
  private static final class OneSilentSplitSource
      extends UnboundedSource<Long, OneSilentSplitSource.Mark> {
    private final int split;

    OneSilentSplitSource(int split) {
      this.split = split;
    }

    @Override
    public List<? extends UnboundedSource<Long, Mark>> split(int splits, PipelineOptions options) {
      return IntStream.range(0, 2).mapToObj(OneSilentSplitSource::new).toList();
    }

    @Override
    public UnboundedReader<Long> createReader(PipelineOptions options, Mark mark) {
      return new Reader(this);
    }

    @Override
    public Coder<Mark> getCheckpointMarkCoder() {
      return SerializableCoder.of(Mark.class);
    }

    @Override
    public Coder<Long> getOutputCoder() {
      return VarLongCoder.of();
    }

    static final class Mark implements UnboundedSource.CheckpointMark, Serializable {
      @Override
      public void finalizeCheckpoint() {}
    }

    private static final class Reader extends UnboundedReader<Long> {
      private final OneSilentSplitSource source;
      private long current = -1;

      Reader(OneSilentSplitSource source) {
        this.source = source;
      }

      @Override
      public boolean start() {
        return advance();
      }

      @Override
      public boolean advance() {
        if (source.split == 1) {
          return false;
        }
        current++;
        return true;
      }

      @Override
      public Long getCurrent() throws NoSuchElementException {
        return current % 10;
      }

      @Override
      public Instant getCurrentTimestamp() {
        return new Instant(current);
      }

      @Override
      public void close() {}

      @Override
      public Instant getWatermark() {
        return current < 0 ? BoundedWindow.TIMESTAMP_MIN_VALUE : new Instant(current);
      }

      @Override
      public CheckpointMark getCheckpointMark() {
        return new Mark();
      }

      @Override
      public UnboundedSource<Long, ?> getCurrentSource() {
        return source;
      }
    }
  }

  /** 12 MB under one key: more than the cell cache keeps, so state gives it piece by piece. */
  @Test
  void aLargeGroupMayGoToAnotherTask() {
    Pipeline pipeline = pipeline("--parallelism=2", "--stateMemoryMiB=16");
    TestStream.Builder<KV<String, byte[]>> script =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), ByteArrayCoder.of()));
    for (int i = 0; i < 3_000; i++) {
      byte[] value = new byte[4_096];
      value[0] = (byte) i;
      script = script.addElements(KV.of("a", value));
    }
    PCollection<Long> sums =
        pipeline
            .apply(script.advanceWatermarkToInfinity())
            .apply(Window.into(FixedWindows.of(Duration.standardDays(1))))
            .apply(GroupByKey.create())
            .apply(Reshuffle.viaRandomKey())
            .apply(ParDo.of(new SumTwiceFn()));
    long sum = 0;
    for (int i = 0; i < 3_000; i++) {
      sum += (byte) i;
    }
    PAssert.that(sums).containsInAnyOrder(sum, sum);
    pipeline.run();
  }

  /** Iterates over the values twice. */
  private static final class SumTwiceFn extends DoFn<KV<String, Iterable<byte[]>>, Long> {
    @ProcessElement
    public void process(@Element KV<String, Iterable<byte[]>> group, OutputReceiver<Long> output) {
      for (int i = 0; i < 2; i++) {
        long sum = 0;
        for (byte[] each : group.getValue()) {
          sum += each[0];
        }
        output.output(sum);
      }
    }
  }

  @Test
  @Timeout(20)
  void atTheEndProcessingTimeTimersFireAtOnce() {
    Pipeline pipeline = pipeline();
    PAssert.that(
            pipeline
                .apply(Create.of(KV.of("a", 1), KV.of("a", 2), KV.of("b", 3)))
                .apply(ParDo.of(new SumLaterFn())))
        .containsInAnyOrder(KV.of("a", 3), KV.of("b", 3));
    pipeline.run();
  }

  /** The main input ends, and its window would expire, a second before there is a side input. */
  @Test
  @Timeout(20)
  void atTheEndProcessingTimeTimersOfElementsThatWaitedForASideInputFireToo() {
    Pipeline pipeline = pipeline();
    PCollectionView<Integer> slow =
        pipeline
            .apply("Side", Create.of(1))
            .apply(ParDo.of(new SleepFn()))
            .apply(View.asSingleton());
    PAssert.that(
            pipeline
                .apply(Create.of(KV.of("a", 1), KV.of("a", 2), KV.of("b", 3)))
                .apply(ParDo.of(new SumLaterFn()).withSideInputs(slow)))
        .containsInAnyOrder(KV.of("a", 3), KV.of("b", 3));
    pipeline.run();
  }

  private static final class SleepFn extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<Integer> output)
        throws InterruptedException {
      Thread.sleep(1_000);
      output.output(element);
    }
  }

  @Test
  @Timeout(20)
  void aTimerThatSetsItselfAgainDoesNotKeepABoundedPipelineAlive() {
    Pipeline pipeline = pipeline();
    PAssert.that(
            pipeline.apply(Create.of(KV.of("a", 1), KV.of("b", 2))).apply(ParDo.of(new LoopFn())))
        .containsInAnyOrder("a", "b");
    pipeline.run();
  }

  /** Sets its timer again whenever it fires. */
  private static final class LoopFn extends DoFn<KV<String, Integer>, String> {
    @TimerId("loop")
    private final TimerSpec loopSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(@TimerId("loop") Timer loop) {
      loop.offset(Duration.standardMinutes(1)).setRelative();
    }

    @OnTimer("loop")
    public void onLoop(
        @Key String key, @TimerId("loop") Timer loop, OutputReceiver<String> output) {
      output.output(key);
      loop.offset(Duration.standardMinutes(1)).setRelative();
    }
  }

  /** Sums per key, and emits the sum an hour later. */
  private static final class SumLaterFn extends DoFn<KV<String, Integer>, KV<String, Integer>> {
    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value();

    @TimerId("later")
    private final TimerSpec laterSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("sum") ValueState<Integer> sum,
        @TimerId("later") Timer later) {
      Integer before = sum.read();
      sum.write((before == null ? 0 : before) + element.getValue());
      later.offset(Duration.standardHours(1)).setRelative();
    }

    @OnTimer("later")
    public void onLater(
        @Key String key,
        @StateId("sum") ValueState<Integer> sum,
        OutputReceiver<KV<String, Integer>> output) {
      output.output(KV.of(key, sum.read()));
    }
  }

  /** Sets a timer, or clears it. */
  private static final class ClearableTimerFn extends DoFn<KV<String, Long>, String> {
    static final long CLEAR = 0;

    @TimerId("timer")
    private final TimerSpec spec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @Timestamp Instant timestamp,
        @TimerId("timer") Timer timer) {
      if (element.getValue() == CLEAR) {
        timer.clear();
      } else {
        timer.set(timestamp.plus(Duration.millis(4)));
      }
    }

    @OnTimer("timer")
    public void onTimer(OnTimerContext context) {
      context.output("fired at " + context.fireTimestamp().getMillis());
    }
  }
}
