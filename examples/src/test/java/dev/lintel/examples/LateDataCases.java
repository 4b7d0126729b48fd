package dev.lintel.examples;

import static dev.lintel.examples.TimedViews.at;

import dev.lintel.examples.StreamCase.WithPane;
import dev.lintel.examples.TimedViews.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/** {@link LateData}: early, on-time and late panes, and what is dropped. */
final class LateDataCases {
  private static final long SEED = 20_260_303;
  private static final long WINDOW_MILLIS = Duration.standardMinutes(1).getMillis();
  private static final long LATENESS_MILLIS = Duration.standardMinutes(2).getMillis();
  private static final long EARLY_MILLIS = Duration.standardSeconds(10).getMillis();

  private LateDataCases() {}

  static List<StreamCase> all() {
    RandomStream random = new RandomStream();
    return List.of(
        new StreamCase(
            "late-data: first view of a window is late",
            pipeline ->
                panes(
                    pipeline,
                    TimedViews.stream()
                        .advanceWatermarkTo(TimedViews.instant("12:01:30"))
                        .addElements(TimedViews.view("12:00:30", "anna", "/home"))
                        .addElements(TimedViews.view("12:00:31", "anna", "/home"))
                        .advanceWatermarkToInfinity()),
            List.of(
                StreamCase.line("/home 1", at("12:00:59.999"), "LATE#0"),
                StreamCase.line("/home 2", at("12:00:59.999"), "LATE#1"))),
        new StreamCase(
            "late-data: random stream, seed " + SEED,
            pipeline -> panes(pipeline, random.stream.advanceWatermarkToInfinity()),
            random.expected));
  }

  private static PCollection<String> panes(
      Pipeline pipeline, TestStream<KV<String, String>> views) {
    return pipeline
        .apply("Views", views)
        .apply(
            "CountViews",
            new LateData.CountViews(
                Duration.millis(WINDOW_MILLIS),
                Duration.millis(EARLY_MILLIS),
                Duration.millis(LATENESS_MILLIS)))
        .apply(
            "Describe",
            MapElements.into(TypeDescriptors.strings())
                .via(count -> count.getKey() + " " + count.getValue()))
        .apply("WithPane", ParDo.of(new WithPane()));
  }

  /** A stream of random steps, and the panes that it must give, by plain counting. */
  private static final class RandomStream {
    private static final int STEPS = 200;

    /** A page in a window. */
    private static final class Counted {
      int views;
      int panes;
      boolean ended;
      long earlyAt = Long.MAX_VALUE;
    }

    private final Map<Long, Map<String, Counted>> windows = new TreeMap<>();
    private final List<String> expected = new ArrayList<>();
    private TestStream.Builder<KV<String, String>> stream = TimedViews.stream();
    private long watermark = TimedViews.NOON;
    private long clock;

    RandomStream() {
      SplittableRandom random = new SplittableRandom(SEED);
      stream = stream.advanceWatermarkTo(new org.joda.time.Instant(watermark));
      for (int i = 0; i < STEPS; i++) {
        int step = random.nextInt(10);
        if (step == 0) {
          advanceWatermark(watermark + random.nextLong(2 * WINDOW_MILLIS));
        } else if (step <= 2) {
          advanceClock(1 + random.nextLong(EARLY_MILLIS));
        } else {
          // From long too late to well ahead.
          long time = watermark + random.nextLong(6 * WINDOW_MILLIS) - 4 * WINDOW_MILLIS;
          add(new View(time, 0, "anna", "/page" + random.nextInt(2)));
        }
      }
      endWindows(Long.MAX_VALUE);
    }

    private void advanceWatermark(long millis) {
      watermark = millis;
      stream = stream.advanceWatermarkTo(new org.joda.time.Instant(millis));
      endWindows(millis);
    }

    private void endWindows(long millis) {
      windows.forEach(
          (begin, pages) ->
              pages.forEach(
                  (page, counted) -> {
                    if (!counted.ended && lastMillisecond(begin) < millis) {
                      // This pane comes even if nothing is new since the last early one.
                      counted.ended = true;
                      pane(begin, page, counted, "ON_TIME");
                    }
                  }));
    }

    private void advanceClock(long millis) {
      clock += millis;
      stream = stream.advanceProcessingTime(Duration.millis(millis));
      windows.forEach(
          (begin, pages) ->
              pages.forEach(
                  (page, counted) -> {
                    if (!counted.ended && counted.earlyAt < clock) {
                      counted.earlyAt = Long.MAX_VALUE;
                      pane(begin, page, counted, "EARLY");
                    }
                  }));
    }

    private void add(View view) {
      stream = stream.addElements(view.element());
      long begin = view.timeMillis() - Math.floorMod(view.timeMillis(), WINDOW_MILLIS);
      if (lastMillisecond(begin) + LATENESS_MILLIS < watermark) {
        return;
      }
      Counted counted =
          windows
              .computeIfAbsent(begin, window -> new TreeMap<>())
              .computeIfAbsent(view.page(), page -> new Counted());
      counted.views++;
      if (lastMillisecond(begin) < watermark) {
        counted.ended = true;
        pane(begin, view.page(), counted, "LATE");
      } else if (counted.earlyAt == Long.MAX_VALUE) {
        counted.earlyAt = clock + EARLY_MILLIS;
      }
    }

    private void pane(long begin, String page, Counted counted, String timing) {
      String pane = timing + "#" + counted.panes++;
      expected.add(StreamCase.line(page + " " + counted.views, lastMillisecond(begin), pane));
    }

    private static long lastMillisecond(long begin) {
      return begin + WINDOW_MILLIS - 1;
    }
  }
}
