package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.Windowing;
import org.apache.beam.sdk.transforms.windowing.AfterAll;
import org.apache.beam.sdk.transforms.windowing.AfterEach;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.CalendarWindows;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/** Builds the Window transform for a {@link Windowing}. */
final class Windows {
  private Windows() {}

  static Window<KV<String, Long>> of(Windowing spec, long unitMillis) {
    Duration unit = Duration.millis(unitMillis);
    Window<KV<String, Long>> window =
        Window.<KV<String, Long>>into(windowFn(spec, unit))
            .triggering(trigger(spec.trigger(), unit))
            .withAllowedLateness(
                unit.multipliedBy(spec.lateness()),
                spec.closeAlways()
                    ? Window.ClosingBehavior.FIRE_ALWAYS
                    : Window.ClosingBehavior.FIRE_IF_NON_EMPTY)
            .withTimestampCombiner(timestamps(spec.timestamps()));
    return spec.accumulating() ? window.accumulatingFiredPanes() : window.discardingFiredPanes();
  }

  private static WindowFn<? super KV<String, Long>, ?> windowFn(Windowing spec, Duration unit) {
    Duration size = unit.multipliedBy(spec.size());
    Duration period = unit.multipliedBy(spec.period());
    return switch (spec.kind()) {
      case GLOBAL -> new GlobalWindows();
      case FIXED -> FixedWindows.of(size).withOffset(period);
      case SLIDING -> SlidingWindows.of(size).every(period);
      case SESSIONS -> Sessions.withGapDuration(size);
      case CALENDAR_DAYS -> CalendarWindows.days(1);
      case CUSTOM -> new KeySizedWindows(size.getMillis());
    };
  }

  private static TimestampCombiner timestamps(Windowing.Timestamps spec) {
    return switch (spec) {
      case END -> TimestampCombiner.END_OF_WINDOW;
      case EARLIEST -> TimestampCombiner.EARLIEST;
      case LATEST -> TimestampCombiner.LATEST;
    };
  }

  private static Trigger trigger(Windowing.Trigger spec, Duration unit) {
    AfterPane count = AfterPane.elementCountAtLeast(Math.max(1, spec.n()));
    Duration delay = unit.multipliedBy(spec.n());
    AfterWatermark.FromEndOfWindow end = AfterWatermark.pastEndOfWindow();
    AfterProcessingTime delayed = AfterProcessingTime.pastFirstElementInPane().plusDelayOf(delay);
    return switch (spec.kind()) {
      case DEFAULT -> DefaultTrigger.of();
      case EARLY_AND_LATE_COUNT ->
          end.withEarlyFirings(count).withLateFirings(AfterPane.elementCountAtLeast(1));
      case LATE_COUNT -> end.withLateFirings(count);
      case REPEATED_COUNT -> Repeatedly.forever(count);
      case EARLY_DELAY ->
          end.withEarlyFirings(delayed).withLateFirings(AfterPane.elementCountAtLeast(1));
      case COUNT_OR_END -> Repeatedly.forever(AfterFirst.of(count, end));
      case COUNT_AND_DELAY -> Repeatedly.forever(AfterAll.of(count, delayed));
      case COUNT_UNTIL_END ->
          AfterEach.inOrder(
              Repeatedly.forever(count).orFinally(end),
              Repeatedly.forever(AfterPane.elementCountAtLeast(1)));
    };
  }

  /** These windows with a trigger that fires early, so that the panes are the runner's choice. */
  static Window<KV<String, Long>> early(
      PCollection<KV<String, Long>> input, int count, boolean accumulating) {
    Window<KV<String, Long>> window =
        Window.<KV<String, Long>>configure()
            .triggering(
                AfterWatermark.pastEndOfWindow()
                    .withEarlyFirings(AfterPane.elementCountAtLeast(count))
                    .withLateFirings(AfterPane.elementCountAtLeast(1)))
            .withAllowedLateness(input.getWindowingStrategy().getAllowedLateness())
            .withTimestampCombiner(TimestampCombiner.END_OF_WINDOW);
    return accumulating ? window.accumulatingFiredPanes() : window.discardingFiredPanes();
  }
}
