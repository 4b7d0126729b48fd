package dev.lintel.runner.operator;

import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.AfterAll;
import org.apache.beam.sdk.transforms.windowing.AfterEach;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.MergeOverlappingIntervalWindows;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Trigger.OnceTrigger;
import org.apache.beam.sdk.transforms.windowing.Window.ClosingBehavior;
import org.apache.beam.sdk.transforms.windowing.Window.OnTimeBehavior;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Random windowing strategies over all that Beam's model knows. */
final class RandomWindowing {
  private static final int TRIGGER_DEPTH_MAX = 2;

  private final SplittableRandom random;

  RandomWindowing(SplittableRandom random) {
    this.random = random;
  }

  /** Any window function and trigger. */
  WindowingStrategy<?, ?> any() {
    return withOptions(random.nextBoolean() ? nonMerging() : merging())
        .withTrigger(trigger(TRIGGER_DEPTH_MAX));
  }

  /** Windows that don't merge, with the default trigger. */
  WindowingStrategy<?, ?> nonMergingWithDefaultTrigger() {
    return withOptions(nonMerging()).withTrigger(DefaultTrigger.of());
  }

  /** Windows that don't merge, with a pane some processing time after its first element. */
  WindowingStrategy<?, ?> nonMergingByProcessingTime() {
    AfterProcessingTime firstElement = AfterProcessingTime.pastFirstElementInPane();
    return withOptions(nonMerging())
        .withTrigger(
            Repeatedly.forever(
                switch (random.nextInt(4)) {
                  case 0 -> firstElement;
                  case 1 -> firstElement.alignedTo(pickMillis(7, 20), new Instant(3));
                  case 2 -> aligned();
                  default -> firstElement.plusDelayOf(pickMillis(1, 5, 20));
                }));
  }

  private static OnceTrigger aligned() {
    return AfterProcessingTime.pastFirstElementInPane()
        .plusDelayOf(millis(2))
        .alignedTo(millis(10), new Instant(0));
  }

  /** Windows that merge, with the default trigger. */
  WindowingStrategy<?, ?> mergingWithDefaultTrigger() {
    WindowingStrategy<?, ?> windowing = withOptions(anyMerging()).withTrigger(DefaultTrigger.of());
    return windowing.getWindowFn() instanceof AnchorWindows
            && windowing.getTimestampCombiner() != TimestampCombiner.END_OF_WINDOW
        ? windowing.withWindowFn(new AnchorWindows(10, 6))
        : windowing;
  }

  private WindowFn<?, ?> anyMerging() {
    return switch (random.nextInt(6)) {
      case 0 -> new BlockWindows();
      case 1 -> new WindowsByValue();
      case 2 -> new AnchorWindows(10, 10);
      default -> Sessions.withGapDuration(pickMillis(1, 3, 10, 30));
    };
  }

  private WindowingStrategy<?, ?> withOptions(WindowFn<?, ?> windowFn) {
    WindowingStrategy<?, ?> windowing =
        WindowingStrategy.of(windowFn)
            .withTimestampCombiner(pick(TimestampCombiner.values()))
            .withClosingBehavior(pick(ClosingBehavior.values()))
            .withOnTimeBehavior(pick(OnTimeBehavior.values()))
            .withMode(
                pick(
                    AccumulationMode.DISCARDING_FIRED_PANES,
                    AccumulationMode.ACCUMULATING_FIRED_PANES));
    return random.nextInt(3) == 0
        ? windowing
        : windowing.withAllowedLateness(pickMillis(1, 10, 40));
  }

  private WindowFn<?, ?> nonMerging() {
    return switch (random.nextInt(5)) {
      case 0 -> new GlobalWindows();
      case 1 -> SlidingWindows.of(millis(30)).every(millis(10));
      case 2 -> SlidingWindows.of(millis(5)).every(millis(10));
      default -> FixedWindows.of(pickMillis(1, 10, 25));
    };
  }

  private WindowFn<?, ?> merging() {
    return random.nextBoolean()
        ? Sessions.withGapDuration(pickMillis(3, 10))
        : new WindowsByValue();
  }

  // ---- triggers ----

  private Trigger trigger(int depth) {
    if (depth == 0) {
      return once(0);
    }
    return switch (random.nextInt(9)) {
      case 0 -> DefaultTrigger.of();
      case 1, 2 -> afterWatermark();
      case 3, 4 -> Repeatedly.forever(trigger(depth - 1));
      case 5 -> AfterEach.inOrder(List.of(trigger(depth - 1), trigger(depth - 1)));
      case 6 -> trigger(depth - 1).orFinally(once(depth - 1));
      case 7 -> Never.ever();
      default -> once(depth);
    };
  }

  private OnceTrigger once(int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 3)) {
      case 0 -> AfterPane.elementCountAtLeast(random.nextInt(1, 4));
      case 1 -> AfterProcessingTime.pastFirstElementInPane().plusDelayOf(pickMillis(1, 5, 20));
      case 2 -> AfterWatermark.pastEndOfWindow();
      case 3 -> aligned();
      case 4 -> AfterFirst.of(List.of(once(depth - 1), once(depth - 1)));
      default -> AfterAll.of(List.of(once(depth - 1), once(depth - 1)));
    };
  }

  private Trigger afterWatermark() {
    AfterWatermark.FromEndOfWindow end = AfterWatermark.pastEndOfWindow();
    return switch (random.nextInt(4)) {
      case 0 -> end;
      case 1 -> end.withEarlyFirings(once(0));
      case 2 -> end.withLateFirings(once(0));
      default -> end.withEarlyFirings(once(0)).withLateFirings(once(0));
    };
  }

  private static Duration millis(long millis) {
    return Duration.millis(millis);
  }

  private Duration pickMillis(int... choices) {
    return millis(choices[random.nextInt(choices.length)]);
  }

  @SafeVarargs
  private <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A merging window function of a user's: how long a window is depends on the element. */
  static final class WindowsByValue extends WindowFn<Object, IntervalWindow> {
    private static final long serialVersionUID = 1L;

    @Override
    public Collection<IntervalWindow> assignWindows(AssignContext context) {
      long millis = 2 + Math.floorMod(String.valueOf(context.element()).hashCode(), 9);
      return List.of(new IntervalWindow(context.timestamp(), Duration.millis(millis)));
    }

    @Override
    public void mergeWindows(MergeContext context) throws Exception {
      MergeOverlappingIntervalWindows.mergeWindows(context);
    }

    @Override
    public boolean isCompatible(WindowFn<?, ?> other) {
      return other instanceof WindowsByValue;
    }

    @Override
    public Coder<IntervalWindow> windowCoder() {
      return IntervalWindow.getCoder();
    }

    @Override
    public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
      throw new UnsupportedOperationException("not read as a side input");
    }
  }
}
