package dev.lintel.runner.operator;

import static org.apache.beam.sdk.transforms.windowing.TimestampCombiner.EARLIEST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.Operator.CombinePerKey;
import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every gear of grouping emits what Beam's {@code ReduceFnRunner} emits on Beam's own state and
 * timers: the same panes of each key and window in the same order, with the same timestamps and
 * pane infos, and the same output watermark, after each step of random input, late and out of
 * order; and as many dropped elements in the end.
 *
 * <p>A failure names the seed and the windowing; a single seed is replayed by running {@link #play}
 * with it alone.
 */
class GroupingGearsTest {
  private static final int SEEDS = 1_000;
  private static final int STEPS = 40;
  private static final int TIMERS_PER_BUNDLE = 3;

  /** Where what is LATE may depend on where the output watermark is between two bundles. */
  private static final int ONE_BUNDLE = Integer.MAX_VALUE;

  /** Our state and timers under {@code ReduceFnRunner}, with any windowing and trigger. */
  @Test
  void reduceFnRunnerOnOurStateAndTimersEmitsWhatItEmitsOnBeams() {
    Totals totals = new Totals();
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      totals.add(
          play(
              seed,
              new RandomWindowing(random).any(),
              ONE_BUNDLE,
              GroupingOperators::viaReduceFnRunner));
    }
    totals.assertWorthwhile();
  }

  /** The operator that the plan's windowing gets, where it is not that. */
  @Test
  void theShortWayEmitsWhatReduceFnRunnerEmits() {
    checkShortWay(
        RandomWindowing::nonMergingWithDefaultTrigger,
        TIMERS_PER_BUNDLE,
        windowing ->
            GlobalWindowGrouping.handles(windowing)
                ? GlobalWindowGrouping.class
                : EndOfWindowGrouping.class);
  }

  /** The same where windows merge. */
  @Test
  void theShortWayOfMergingWindowsEmitsWhatReduceFnRunnerEmits() {
    checkShortWay(
        RandomWindowing::mergingWithDefaultTrigger,
        TIMERS_PER_BUNDLE,
        windowing -> MergingGrouping.class);
  }

  /** The same where panes come by processing time. */
  @Test
  void theShortWayOfPanesByProcessingTimeEmitsWhatReduceFnRunnerEmits() {
    checkShortWay(
        RandomWindowing::nonMergingByProcessingTime,
        ONE_BUNDLE,
        windowing -> ProcessingTimeGrouping.class);
  }

  private static void checkShortWay(
      Function<RandomWindowing, WindowingStrategy<?, ?>> windowings,
      int timersPerBundle,
      Function<WindowingStrategy<?, ?>, Class<?>> expected) {
    Totals totals = new Totals();
    for (long seed = 0; seed < SEEDS; seed++) {
      WindowingStrategy<?, ?> windowing =
          windowings.apply(new RandomWindowing(new SplittableRandom(seed)));
      DrivenOperator rig = play(seed, windowing, timersPerBundle, GroupingOperators::operator);
      assertThat(rig.operator()).isInstanceOf(expected.apply(windowing));
      // Beam's own leaves a hold here and there, where windows merge after their trigger finished.
      rig.assertNothingIsLeft("seed " + seed);
      totals.add(rig);
    }
    totals.assertWorthwhile();
  }

  /** A key that has many windows when one comes into which they merge, at once. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void manyWindowsThatMergeAtOnceEmitWhatReduceFnRunnerEmits(boolean combining) {
    WindowingStrategy<?, ?> windowing =
        WindowingStrategy.of(new AnchorWindows(1000, 1000)).withTimestampCombiner(EARLIEST);
    DrivenOperator own =
        new DrivenOperator(windowing, combining, GroupingOperators::operator, TIMERS_PER_BUNDLE);
    DrivenReduceFn beam = new DrivenReduceFn(windowing, combining);
    Script script = new Script(new SplittableRandom(0), windowing.getWindowFn());
    for (int value = 0; value < 100; value++) {
      KV<String, Integer> waits = script.next("key", false);
      script.process(waits, new Instant(100 + value), own, beam);
      assertSame(own, beam, () -> "" + waits);
    }
    script.process(script.next("key", true), new Instant(500), own, beam);
    for (long watermark : new long[] {999, 1000, Timestamps.MAX_MILLIS}) {
      script.moveWatermark(watermark, own, beam);
      assertSame(own, beam, () -> "watermark " + watermark);
    }
    assertThat(own.emitted()).isEqualTo(1);
    own.assertNothingIsLeft("at the end");
  }

  /** A combine that is done in part before the exchange, bundle by bundle. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLiftedCombineEmitsWhatReduceFnRunnerEmits(boolean byProcessingTime) {
    Totals totals = new Totals();
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RandomWindowing windowings = new RandomWindowing(random);
      WindowingStrategy<?, ?> windowing =
          (byProcessingTime
                  ? windowings.nonMergingByProcessingTime()
                  : windowings.nonMergingWithDefaultTrigger())
              .withTimestampCombiner(TimestampCombiner.END_OF_WINDOW);
      totals.add(
          play(
              seed,
              windowing,
              true,
              byProcessingTime ? ONE_BUNDLE : TIMERS_PER_BUNDLE,
              (spec, context, output) ->
                  new LiftedCombine((CombinePerKey) spec, context, output, random)));
    }
    totals.assertWorthwhile();
  }

  private static DrivenOperator play(
      long seed,
      WindowingStrategy<?, ?> windowing,
      int timersPerBundle,
      DrivenOperator.Maker maker) {
    boolean combining = new SplittableRandom(seed + SEEDS).nextBoolean();
    return play(seed, windowing, combining, timersPerBundle, maker);
  }

  private static DrivenOperator play(
      long seed,
      WindowingStrategy<?, ?> windowing,
      boolean combining,
      int timersPerBundle,
      DrivenOperator.Maker maker) {
    SplittableRandom random = new SplittableRandom(~seed);
    DrivenOperator own = new DrivenOperator(windowing, combining, maker, timersPerBundle);
    DrivenReduceFn beam = new DrivenReduceFn(windowing, combining);
    Supplier<String> what =
        () -> "seed " + seed + ", " + windowing + (combining ? ", combining" : "");
    Script script = new Script(random, windowing.getWindowFn());
    for (int step = 0; step < STEPS; step++) {
      Object done = script.step(own, beam);
      int number = step;
      assertSame(own, beam, () -> what.get() + ", step " + number + ": " + done);
    }
    script.end(own, beam);
    assertSame(own, beam, () -> what.get() + ", at the end");
    assertThat(own.dropped()).as(() -> what.get() + ", dropped").isEqualTo(beam.dropped());
    return own;
  }

  private static void assertSame(DrivenOperator own, DrivenReduceFn beam, Supplier<String> what) {
    assertThat(own.takePanes()).as(what).isEqualTo(beam.takePanes());
    assertThat(own.outputWatermarkMillis()).as(what).isEqualTo(beam.outputWatermarkMillis());
  }

  /** Random input, the same for both. */
  private static final class Script {
    private final SplittableRandom random;
    private final WindowFn<Object, BoundedWindow> windowFn;
    private long watermark;
    private long processingTime;
    private int value;

    @SuppressWarnings("unchecked")
    Script(SplittableRandom random, WindowFn<?, ?> windowFn) {
      this.random = random;
      this.windowFn = (WindowFn<Object, BoundedWindow>) windowFn;
    }

    Object step(DrivenGrouping own, DrivenGrouping beam) {
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          watermark += random.nextInt(random.nextInt(5) == 0 ? 100 : 12);
          own.advanceWatermark(watermark);
          beam.advanceWatermark(watermark);
          if (random.nextInt(3) == 0) {
            return "watermark " + watermark + ", elements overtake what is due";
          }
          fire(own, beam);
          return "watermark " + watermark;
        }
        case 2 -> {
          processingTime += random.nextInt(12);
          own.advanceProcessingTime(processingTime);
          beam.advanceProcessingTime(processingTime);
          fire(own, beam);
          return "processing time " + processingTime;
        }
        default -> {
          WindowedValue<KV<String, Integer>> element = element();
          own.process(element);
          beam.process(element);
          return element;
        }
      }
    }

    void end(DrivenGrouping own, DrivenGrouping beam) {
      processingTime += 1000;
      own.advanceProcessingTime(processingTime);
      beam.advanceProcessingTime(processingTime);
      fire(own, beam);
      moveWatermark(Timestamps.MAX_MILLIS, own, beam);
      processingTime += 1000;
      own.advanceProcessingTime(processingTime);
      beam.advanceProcessingTime(processingTime);
      fire(own, beam);
    }

    void moveWatermark(long millis, DrivenGrouping own, DrivenGrouping beam) {
      own.advanceWatermark(millis);
      beam.advanceWatermark(millis);
      fire(own, beam);
    }

    void process(
        KV<String, Integer> kv, Instant timestamp, DrivenGrouping own, DrivenGrouping beam) {
      WindowedValue<KV<String, Integer>> element =
          WindowedValues.of(kv, timestamp, windows(kv, timestamp), PaneInfo.NO_FIRING);
      own.process(element);
      beam.process(element);
    }

    /** The next element that is, or is not, an anchor to {@link AnchorWindows}. */
    KV<String, Integer> next(String key, boolean anchor) {
      KV<String, Integer> kv = KV.of(key, value++);
      return AnchorWindows.isAnchor(kv) == anchor ? kv : next(key, anchor);
    }

    private static void fire(DrivenGrouping own, DrivenGrouping beam) {
      own.fire();
      beam.fire();
    }

    private WindowedValue<KV<String, Integer>> element() {
      KV<String, Integer> kv = KV.of("key" + random.nextInt(3), value++);
      while (true) {
        Instant timestamp = new Instant(Math.max(0, watermark + random.nextInt(-40, 40)));
        Collection<BoundedWindow> windows = windows(kv, timestamp);
        if (!windows.isEmpty()) { // As between windows that slide further than they are long.
          return WindowedValues.of(kv, timestamp, windows, PaneInfo.NO_FIRING);
        }
      }
    }

    private Collection<BoundedWindow> windows(Object element, Instant timestamp) {
      try {
        return windowFn.assignWindows(
            windowFn.new AssignContext() {
              @Override
              public Object element() {
                return element;
              }

              @Override
              public Instant timestamp() {
                return timestamp;
              }

              @Override
              public BoundedWindow window() {
                throw new UnsupportedOperationException("assigned without looking at the old one");
              }
            });
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** What all seeds did together: a test of nothing would pass, too. */
  private static final class Totals {
    private long emitted;
    private long dropped;

    void add(DrivenOperator rig) {
      emitted += rig.emitted();
      dropped += rig.dropped();
    }

    void assertWorthwhile() {
      assertThat(List.of(emitted, dropped)).allMatch(each -> each > SEEDS);
    }
  }
}
