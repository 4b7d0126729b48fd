package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.operator.RestartedOperator.Image;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whether it is restored after every step, in other numbers of slots, or never: an operator emits
 * the same, and its watermark is the same after every step.
 */
class RestartTest {
  private static final int SEEDS = 10;
  private static final int STEPS = 30;
  private static final int SLOTS_MAX = 4;

  @TempDir Path directory;

  /** What an operator is given at a step. */
  private interface Input {
    WindowedValue<?> next(SplittableRandom random, int number, long watermark);
  }

  private static String text(WindowedValue<?> value) {
    return text(value.getValue())
        + " at "
        + value.getTimestamp()
        + " in "
        + value.getWindows()
        + " "
        + value.getPaneInfo();
  }

  private static String text(Object value) {
    if (value instanceof KV<?, ?> kv) {
      return kv.getKey() + "=" + text(kv.getValue());
    }
    if (value instanceof Iterable<?> values) {
      return StreamSupport.stream(values.spliterator(), false)
              .map(String::valueOf)
              .sorted()
              .toList()
          + "";
    }
    return String.valueOf(value);
  }

  private void check(Operator spec, boolean keyed, long seed, Input input) {
    List<String> undisturbed = new ArrayList<>();
    List<String> disturbed = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(seed);
    String what = spec.transform() + ", seed " + seed;
    try (RestartedOperator one =
            new RestartedOperator(spec, keyed, directory, each -> undisturbed.add(text(each)));
        RestartedOperator other =
            new RestartedOperator(spec, keyed, directory, each -> disturbed.add(text(each)))) {
      long watermark = 0;
      for (int step = 0; step < STEPS; step++) {
        watermark += step(random, step, watermark, input, List.of(one, other));
        Image image = other.snapshot(step);
        if (random.nextInt(3) > 0) {
          other.checkpointCompleted(step);
        }
        other.restore(image, random.nextInt(3) == 0 ? random.nextInt(1, SLOTS_MAX + 1) : 1);
        assertSame(undisturbed, disturbed, what + ", step " + step);
        assertThat(other.outputWatermarkMillis())
            .as(what + ", step " + step)
            .isEqualTo(one.outputWatermarkMillis());
      }
      for (RestartedOperator each : List.of(one, other)) {
        for (int i = 0; i < 20; i++) {
          each.advanceProcessingTime(1_000_000L * (i + 1));
        }
        each.advanceWatermark(Timestamps.MAX_MILLIS);
      }
      assertSame(undisturbed, disturbed, what + ", at the end");
      assertThat(disturbed).as(what).isNotEmpty();
      assertThat(other.outputWatermarkMillis()).as(what).isEqualTo(Timestamps.MAX_MILLIS);
    }
  }

  private static long step(
      SplittableRandom random,
      int step,
      long watermark,
      Input input,
      List<RestartedOperator> operators) {
    switch (random.nextInt(6)) {
      case 0 -> {
        long by = random.nextInt(12);
        operators.forEach(each -> each.advanceWatermark(watermark + by));
        return by;
      }
      case 1 -> {
        operators.forEach(each -> each.advanceProcessingTime(step * 3L));
        return 0;
      }
      default -> {
        WindowedValue<?> element = input.next(random, step, watermark);
        operators.forEach(each -> each.process(element));
        return 0;
      }
    }
  }

  private static void assertSame(List<String> expected, List<String> found, String what) {
    assertThat(found.stream().sorted().toList())
        .as(what)
        .isEqualTo(expected.stream().sorted().toList());
  }

  private static Input keyedIn(WindowingStrategy<?, ?> windowing) {
    return (random, number, watermark) -> {
      KV<String, Integer> value = KV.of("k" + random.nextInt(6), number);
      return RandomElements.assign(
          windowing.getWindowFn(), value, watermark + random.nextInt(30) - 10);
    };
  }

  @Test
  void groupings() {
    for (long seed = 0; seed < SEEDS * 5; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RandomWindowing strategies = new RandomWindowing(random);
      WindowingStrategy<?, ?> windowing =
          switch (random.nextInt(5)) {
            case 0 -> strategies.nonMergingWithDefaultTrigger();
            case 1 -> strategies.mergingWithDefaultTrigger();
            case 2 -> strategies.nonMergingByProcessingTime();
            default -> strategies.any();
          };
      Collection in =
          new Collection("in", "in", DrivenGrouping.INPUT_CODER, windowing, random.nextBoolean());
      Collection out = new Collection("out", "out", StringUtf8Coder.of(), windowing, false);
      Operator spec =
          random.nextBoolean()
              ? new Operator.GroupByKey("Group", in, out)
              : new Operator.CombinePerKey(
                  "Group", new DrivenGrouping.Collect(), DrivenGrouping.ACCUMULATOR_CODER, in, out);
      checkGrouping(spec, seed, windowing);
    }
  }

  /** When the input has ended, each key of the global window has its pane, in whichever life. */
  @Test
  void panesAtTheEndOfTheGlobalWindow() {
    WindowingStrategy<?, ?> windowing = WindowingStrategy.globalDefault();
    Collection in = new Collection("in", "in", DrivenGrouping.INPUT_CODER, windowing, true);
    Collection out = new Collection("out", "out", StringUtf8Coder.of(), windowing, true);
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<String> expected = new ArrayList<>();
      List<String> emitted = new ArrayList<>();
      try (RestartedOperator operator =
          new RestartedOperator(
              new Operator.GroupByKey("Group", in, out),
              true,
              directory,
              each -> emitted.add(text(each.getValue())))) {
        int keys = random.nextInt(1, 200);
        for (int key = 0; key < keys; key++) {
          expected.add("k" + key + "=[" + (1000 + key) + ", " + (1001 + key) + "]");
        }
        for (int i = 0; i < 2 * keys; i++) {
          KV<String, Integer> value = KV.of("k" + i % keys, 1000 + i % keys + i / keys);
          operator.process(WindowedValues.valueInGlobalWindow(value));
        }
        operator.advanceWatermarkAndFire(Timestamps.MAX_MILLIS, random.nextInt(keys));
        assertThat(emitted).as("seed " + seed).hasSizeLessThan(keys);
        operator.restore(operator.snapshot(1), random.nextInt(1, SLOTS_MAX + 1));
        assertSame(expected, emitted, "seed " + seed);
        assertThat(operator.outputWatermarkMillis()).isEqualTo(Timestamps.MAX_MILLIS);
      }
    }
  }

  /** Some triggers never fire. */
  private void checkGrouping(Operator spec, long seed, WindowingStrategy<?, ?> windowing) {
    try {
      check(spec, true, seed, keyedIn(windowing));
    } catch (AssertionError e) {
      if (!e.getMessage().contains("not to be empty")) {
        throw e;
      }
    }
  }

  @Test
  void deduplicate() {
    WindowingStrategy<?, ?> windowing = WindowingStrategy.globalDefault();
    Operator spec =
        new Operator.Deduplicate(
            "Read/Deduplicate",
            new Collection("in", "in", DrivenGrouping.INPUT_CODER, windowing, false),
            new Collection("out", "out", VarIntCoder.of(), windowing, false));
    for (long seed = 0; seed < SEEDS; seed++) {
      check(spec, true, seed, keyedIn(windowing));
    }
  }

  // ---- stateful ----

  /** Gathers until a timer of either domain fires. */
  static final class Gather extends DoFn<KV<String, Integer>, String> {
    private static final long serialVersionUID = 1L;

    @StateId("values")
    private final StateSpec<BagState<Integer>> values = StateSpecs.bag(VarIntCoder.of());

    @TimerId("event")
    private final TimerSpec event = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("processing")
    private final TimerSpec processing = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @Timestamp Instant timestamp,
        @StateId("values") BagState<Integer> bag,
        @TimerId("event") Timer onEvent,
        @TimerId("processing") Timer onTime) {
      bag.add(element.getValue());
      if (element.getValue() % 2 == 0) {
        onEvent.withOutputTimestamp(timestamp).set(timestamp.plus(Duration.millis(7)));
      } else {
        onTime.offset(Duration.millis(9)).setRelative();
      }
    }

    @OnTimer("event")
    public void onEvent(
        @Key String key, @StateId("values") BagState<Integer> bag, OutputReceiver<String> out) {
      flush("event " + key, bag, out);
    }

    @OnTimer("processing")
    public void onTime(
        @Key String key, @StateId("values") BagState<Integer> bag, OutputReceiver<String> out) {
      flush("time " + key, bag, out);
    }

    @OnWindowExpiration
    public void expired(
        @Key String key, @StateId("values") BagState<Integer> bag, OutputReceiver<String> out) {
      flush("expired " + key, bag, out);
    }

    private static void flush(String why, BagState<Integer> bag, OutputReceiver<String> out) {
      out.output(why + " " + text(bag.read()));
      bag.clear();
    }
  }

  @Test
  void statefulParDo() {
    Operator.ParDo spec =
        Plans.operator(
            Operator.ParDo.class,
            "Gather",
            pipeline -> windowed(pipeline.apply(keyed())).apply("Gather", ParDo.of(new Gather())));
    for (long seed = 0; seed < SEEDS; seed++) {
      check(spec, true, seed, keyedIn(spec.input().windowing()));
    }
  }

  private static Create.Values<KV<String, Integer>> keyed() {
    return Create.of(KV.of("a", 1)).withCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()));
  }

  private static <T> PCollection<T> windowed(PCollection<T> collection) {
    return collection.apply(
        Window.<T>into(FixedWindows.of(Duration.millis(20)))
            .withAllowedLateness(Duration.millis(15))
            .discardingFiredPanes());
  }

  // ---- splittable ----

  /** Emits as many numbers as its element says, waiting now and then. */
  static final class CountTo extends DoFn<Integer, String> {
    private static final long serialVersionUID = 1L;

    @GetInitialRestriction
    public OffsetRange restriction(@Element Integer to) {
      return new OffsetRange(0, to);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element Integer to,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> out) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output(to + "/" + i);
        if (i % 4 == 3 && i + 1 < to) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(5));
        }
      }
      return ProcessContinuation.stop();
    }
  }

  private static Operator.ProcessRestrictions countTo() {
    return Plans.operator(
        Operator.ProcessRestrictions.class,
        "Count",
        pipeline ->
            pipeline
                .apply(Create.of(1).withCoder(VarIntCoder.of()))
                .apply("Count", ParDo.of(new CountTo())));
  }

  @Test
  void whatIsOnOfferToAnotherSlotIsNotLost() {
    List<String> out = new ArrayList<>();
    try (RestartedOperator operator =
        new RestartedOperator(
            countTo(), false, directory, each -> out.add((String) each.getValue()))) {
      ((WorkSharer) operator.operators().get(0)).requestWork();
      operator.process(
          WindowedValues.valueInGlobalWindow(KV.of(20, KV.of(new OffsetRange(0, 20), null))));
      operator.restore(operator.snapshot(1), 2);
      for (int i = 0; i < 20; i++) {
        operator.advanceProcessingTime(1_000L * i);
      }
      assertThat(out).hasSize(20).doesNotHaveDuplicates();
      assertThat(operator.hasWorkLeft()).isFalse();
    }
  }

  @Test
  void processRestrictions() {
    Operator.ProcessRestrictions spec = countTo();
    for (long seed = 0; seed < SEEDS; seed++) {
      check(
          spec,
          false,
          seed,
          (random, number, watermark) -> {
            int to = random.nextInt(1, 20);
            return WindowedValues.of(
                KV.of(to, KV.of(new OffsetRange(0, to), null)),
                new Instant(watermark + random.nextInt(5)),
                GlobalWindow.INSTANCE,
                PaneInfo.NO_FIRING);
          });
    }
  }
}
