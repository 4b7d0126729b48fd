package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.operator.RestartedOperator.Image;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.Operator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a DoFn that requires stable input gets is the same after any restart, bundles and all. */
class StableInputTest {
  private static final int SEEDS = 10;
  private static final int STEPS = 60;

  @TempDir Path directory;

  /** Tells what it gets, bundle by bundle. */
  static final class Tell extends DoFn<KV<String, Integer>, String> {
    private static final long serialVersionUID = 1L;

    @StartBundle
    public void begin(StartBundleContext context) {}

    @RequiresStableInput
    @ProcessElement
    public void process(@Element KV<String, Integer> element, OutputReceiver<String> out) {
      out.output("element " + element);
    }

    @FinishBundle
    public void end(FinishBundleContext context) {
      context.output("end of bundle", new Instant(0), GlobalWindow.INSTANCE);
    }
  }

  /** Tells what it gets, with timers of both domains that see what came before. */
  static final class TellKeyed extends DoFn<KV<String, Integer>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("sum")
    private final StateSpec<ValueState<Integer>> sumSpec = StateSpecs.value(VarIntCoder.of());

    @TimerId("event")
    private final TimerSpec event = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("processing")
    private final TimerSpec processing = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @RequiresStableInput
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @Timestamp Instant timestamp,
        @StateId("sum") ValueState<Integer> sum,
        @TimerId("event") Timer onEvent,
        @TimerId("processing") Timer onTime,
        OutputReceiver<String> out) {
      Integer before = sum.read();
      sum.write((before == null ? 0 : before) + element.getValue());
      if (element.getValue() % 3 == 0) {
        onTime.offset(Duration.millis(5)).setRelative();
      } else {
        onEvent.withOutputTimestamp(timestamp).set(timestamp.plus(Duration.millis(3)));
      }
      out.output("element " + element);
    }

    @OnTimer("event")
    public void onEvent(
        @Key String key, @StateId("sum") ValueState<Integer> sum, OutputReceiver<String> out) {
      out.output("event " + key + " " + sum.read());
    }

    @OnTimer("processing")
    public void onTime(
        @Key String key, @StateId("sum") ValueState<Integer> sum, OutputReceiver<String> out) {
      out.output("time " + key + " " + sum.read());
    }
  }

  private static Operator.ParDo spec(DoFn<KV<String, Integer>, String> fn, boolean windowed) {
    return Plans.operator(
        Operator.ParDo.class,
        "Tell",
        pipeline -> {
          var input =
              pipeline.apply(
                  Create.of(KV.of("a", 1))
                      .withCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of())));
          var windows =
              windowed
                  ? input.apply(
                      Window.<KV<String, Integer>>into(FixedWindows.of(Duration.millis(50)))
                          .withAllowedLateness(Duration.millis(1000))
                          .discardingFiredPanes())
                  : input;
          windows.apply("Tell", ParDo.of(fn));
        });
  }

  @Test
  void withoutState() {
    for (long seed = 0; seed < SEEDS; seed++) {
      play(spec(new Tell(), false), false, seed);
    }
  }

  @Test
  void withStateAndTimers() {
    for (long seed = 0; seed < SEEDS; seed++) {
      play(spec(new TellKeyed(), true), true, seed);
    }
  }

  /**
   * After every checkpoint the job fails, sooner or later, and what has been seen is seen again.
   */
  private void play(Operator.ParDo spec, boolean keyed, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> seen = new ArrayList<>();
    List<Integer> sent = new ArrayList<>();
    try (RestartedOperator operator =
        new RestartedOperator(spec, keyed, directory, each -> seen.add((String) each.getValue()))) {
      List<String> all = new ArrayList<>();
      Image last = operator.snapshot(0);
      operator.checkpointCompleted(0);
      for (int step = 1; step <= STEPS; step++) {
        move(random, step, spec, operator, sent);
        assertThat(seen).as("nothing before the checkpoint is complete").isEmpty();
        if (random.nextInt(4) == 0 || step == STEPS) {
          last = operator.snapshot(step);
          operator.checkpointCompleted(step);
          List<String> first = List.copyOf(seen);
          seen.clear();
          operator.restore(last, 1);
          assertThat(seen).as("seed " + seed + ", step " + step).isEqualTo(first);
          all.addAll(first);
          seen.clear();
        }
      }
      end(operator, seen);
      all.addAll(seen);
      assertComplete(all, sent, "seed " + seed);
      assertThat(operator.outputWatermarkMillis()).isEqualTo(Timestamps.MAX_MILLIS);
    }
  }

  private static void move(
      SplittableRandom random,
      int step,
      Operator.ParDo spec,
      RestartedOperator operator,
      List<Integer> sent) {
    switch (random.nextInt(5)) {
      case 0 -> operator.advanceWatermark(step * 2L);
      case 1 -> operator.advanceProcessingTime(step * 2L);
      default -> {
        WindowedValue<?> element =
            RandomElements.assign(
                spec.input().windowing().getWindowFn(),
                KV.of("k" + random.nextInt(5), step),
                step * 2L + random.nextInt(20));
        operator.process(element);
        sent.add(step);
        assertThat(operator.awaitsCheckpoint()).isTrue();
        assertThat(operator.outputWatermarkMillis())
            .isLessThanOrEqualTo(element.getTimestamp().getMillis());
      }
    }
  }

  /** The input ends: checkpoints are taken as long as the task asks for them. */
  private static void end(RestartedOperator operator, List<String> seen) {
    operator.operators().forEach(StreamOperator::skipProcessingTime);
    operator.advanceWatermark(Timestamps.MAX_MILLIS);
    assertThat(seen).isEmpty();
    int checkpoint = STEPS;
    while (operator.awaitsCheckpoint()) {
      checkpoint++;
      assertThat(checkpoint).as("checkpoints to the end").isLessThan(STEPS + 4);
      operator.snapshot(checkpoint);
      operator.checkpointCompleted(checkpoint);
    }
    assertThat(operator.hasWorkLeft()).isFalse();
  }

  private static void assertComplete(List<String> all, List<Integer> sent, String what) {
    assertThat(
            all.stream()
                .filter(each -> each.startsWith("element"))
                .map(each -> Integer.valueOf(each.replaceAll(".*, |\\}", "")))
                .sorted()
                .toList())
        .as(what)
        .isEqualTo(sent);
  }

  @Test
  void rescalingLosesNothing() {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Operator.ParDo spec = spec(new TellKeyed(), true);
      List<String> seen = new ArrayList<>();
      List<Integer> sent = new ArrayList<>();
      try (RestartedOperator operator =
          new RestartedOperator(
              spec, true, directory, each -> seen.add((String) each.getValue()))) {
        for (int step = 1; step <= STEPS; step++) {
          move(random, step, spec, operator, sent);
          if (random.nextInt(4) == 0) {
            operator.restore(operator.snapshot(step), random.nextInt(1, 5));
          }
        }
        Image image = operator.snapshot(STEPS + 1);
        operator.restore(image, 2);
        assertComplete(seen, sent, "seed " + seed);
      }
    }
  }
}
