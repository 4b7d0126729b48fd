package dev.lintel.examples;

import static dev.lintel.examples.TimedViews.at;
import static dev.lintel.examples.TimedViews.instant;
import static dev.lintel.examples.TimedViews.view;

import dev.lintel.examples.StreamCase.WithPane;
import dev.lintel.examples.TimedViews.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

/**
 * {@link UniqueUsers}: users that come again, late, too late, and in the next window.
 *
 * <p>The final counts are the same on both runners, the panes are not. In DirectRunner the timer
 * that clears the state of a window holds the watermark at the end of the window, and so what
 * follows a stateful ParDo takes late elements to be on time: it has one pane for each count. In
 * Lintel no clean-up holds the watermark (Beam discusses it in apache/beam#17809 and #15128).
 */
final class UniqueUsersCases {
  private static final long SEED = 20_260_302;
  private static final long WINDOW_MILLIS = Duration.standardHours(1).getMillis();
  private static final long LATENESS_MILLIS = Duration.standardMinutes(30).getMillis();

  static final String HUGE_HEAP = "128m";
  private static final int HUGE_WINDOWS = 50;
  private static final int HUGE_LENGTH = 4_000_000;

  private UniqueUsersCases() {}

  static List<StreamCase> all() {
    List<View> views =
        TimedViews.random(
            new SplittableRandom(SEED),
            120,
            4 * WINDOW_MILLIS,
            Duration.standardHours(3).getMillis());
    Model model = new Model(views);
    return List.of(
        new StreamCase(
            "unique-users: again, late, too late and in the next window",
            pipeline -> count(pipeline, handWritten()),
            List.of(
                noon("/home 2", "ON_TIME#0"),
                noon("/home 3", "LATE#1"),
                noon("/home 4", "LATE#2"),
                StreamCase.line("2026-01-31T13:00:00Z /home 1", at("13:59:59.999"), "ON_TIME#0")),
            List.of(
                noon("/home 4", "ON_TIME#0"),
                StreamCase.line("2026-01-31T13:00:00Z /home 1", at("13:59:59.999"), "ON_TIME#0"))),
        new StreamCase(
            "unique-users: random stream, seed " + SEED,
            pipeline -> count(pipeline, stream(views)),
            model.panes,
            model.finalCounts()));
  }

  /**
   * Windows that follow one another, each with a page whose name has {@link #HUGE_LENGTH}
   * characters, which is a part of the key of its state. All of them together don't fit into a heap
   * of {@link #HUGE_HEAP}.
   */
  static StreamCase hugePages() {
    return new StreamCase(
        "unique-users: windows that are over take no memory",
        UniqueUsersCases::countHugePages,
        Collections.nCopies(HUGE_WINDOWS, "1"));
  }

  private static PCollection<String> countHugePages(Pipeline pipeline) {
    TestStream.Builder<KV<String, String>> stream = TimedViews.stream();
    for (int i = 0; i < HUGE_WINDOWS; i++) {
      long begin = TimedViews.NOON + i * (WINDOW_MILLIS + LATENESS_MILLIS);
      stream =
          stream
              .advanceWatermarkTo(new org.joda.time.Instant(begin))
              .addElements(new View(begin, 0, "anna", "" + i).element());
    }
    return pipeline
        .apply("Views", stream.advanceWatermarkToInfinity())
        .apply(
            "LengthenNames",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                .via(view -> KV.of(view.getKey(), view.getValue() + "x".repeat(HUGE_LENGTH))))
        .apply("CountUsers", countUsers())
        .apply(
            "TakeCounts",
            MapElements.into(TypeDescriptors.strings())
                .via(count -> count.substring(count.lastIndexOf(' ') + 1)));
  }

  private static UniqueUsers.CountUsers countUsers() {
    return new UniqueUsers.CountUsers(
        Duration.millis(WINDOW_MILLIS), Duration.millis(LATENESS_MILLIS));
  }

  private static String noon(String count, String pane) {
    return StreamCase.line("2026-01-31T12:00:00Z " + count, at("12:59:59.999"), pane);
  }

  private static PCollection<String> count(
      Pipeline pipeline, TestStream<KV<String, String>> views) {
    return pipeline
        .apply("Views", views)
        .apply("CountUsers", countUsers())
        .apply("WithPane", ParDo.of(new WithPane()));
  }

  private static TestStream<KV<String, String>> handWritten() {
    return TimedViews.stream()
        .addElements(view("12:05:00", "anna", "/home"))
        .addElements(view("12:06:00", "boris", "/home"), view("12:07:00", "anna", "/home"))
        .advanceWatermarkTo(instant("13:00:00"))
        // Known already: no new count.
        .addElements(view("12:30:00", "anna", "/home"))
        .addElements(view("12:31:00", "carla", "/home"))
        // Anna in the next window: counted anew.
        .addElements(view("13:05:00", "anna", "/home"))
        // The last moment at which the first window is still there ...
        .advanceWatermarkTo(instant("13:29:59.999"))
        .addElements(view("12:32:00", "dora", "/home"), view("12:33:00", "boris", "/home"))
        // ... and the first at which it is not.
        .advanceWatermarkTo(instant("13:30:00"))
        .addElements(view("12:34:00", "elena", "/home"), view("12:35:00", "anna", "/home"))
        .advanceWatermarkToInfinity();
  }

  private static TestStream<KV<String, String>> stream(List<View> views) {
    TestStream.Builder<KV<String, String>> stream = TimedViews.stream();
    for (View view : views) {
      stream =
          stream
              .advanceWatermarkTo(new org.joda.time.Instant(watermarkBefore(view)))
              .addElements(view.element());
    }
    return stream.advanceWatermarkToInfinity();
  }

  /** Many views are behind it, some by more than the allowed lateness. */
  private static long watermarkBefore(View view) {
    return view.arrivalMillis() - Duration.standardMinutes(5).getMillis();
  }

  /** What the panes must be, by plain counting. */
  private static final class Model {
    /** The users of a page in a window, and how many panes there have been. */
    private static final class Counted {
      final Set<String> users = new HashSet<>();
      int panes;
    }

    private final TreeMap<Long, TreeMap<String, Counted>> windows = new TreeMap<>();
    private final List<String> panes = new ArrayList<>();

    Model(List<View> views) {
      for (View view : views) {
        long watermark = watermarkBefore(view);
        endWindows(watermark);
        add(view, watermark);
      }
      endWindows(Long.MAX_VALUE);
    }

    List<String> finalCounts() {
      List<String> counts = new ArrayList<>();
      windows.forEach(
          (begin, pages) ->
              pages.forEach(
                  (page, counted) -> counts.add(line(begin, page, counted, "ON_TIME#0"))));
      return counts;
    }

    private void endWindows(long watermark) {
      windows.forEach(
          (begin, pages) ->
              pages.forEach(
                  (page, counted) -> {
                    if (counted.panes == 0 && lastMillisecond(begin) < watermark) {
                      pane(begin, page, counted, "ON_TIME");
                    }
                  }));
    }

    private void add(View view, long watermark) {
      long begin = view.timeMillis() - Math.floorMod(view.timeMillis(), WINDOW_MILLIS);
      if (lastMillisecond(begin) + LATENESS_MILLIS < watermark) {
        return;
      }
      Counted counted =
          windows
              .computeIfAbsent(begin, window -> new TreeMap<>())
              .computeIfAbsent(view.page(), page -> new Counted());
      if (counted.users.add(view.user())) {
        if (lastMillisecond(begin) < watermark) {
          pane(begin, view.page(), counted, "LATE");
        }
      }
    }

    private void pane(long begin, String page, Counted counted, String timing) {
      panes.add(line(begin, page, counted, timing + "#" + counted.panes++));
    }

    private static String line(long begin, String page, Counted counted, String pane) {
      String count = Instant.ofEpochMilli(begin) + " " + page + " " + counted.users.size();
      return StreamCase.line(count, lastMillisecond(begin), pane);
    }

    private static long lastMillisecond(long begin) {
      return begin + WINDOW_MILLIS - 1;
    }
  }
}
