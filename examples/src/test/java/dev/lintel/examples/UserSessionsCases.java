package dev.lintel.examples;

import static dev.lintel.examples.TimedViews.at;
import static dev.lintel.examples.TimedViews.instant;
import static dev.lintel.examples.TimedViews.view;

import dev.lintel.examples.StreamCase.WithPane;
import dev.lintel.examples.TimedViews.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/** {@link UserSessions}: sessions that grow, meet and end. */
final class UserSessionsCases {
  private static final long SEED = 20_260_301;
  private static final long GAP_MILLIS = Duration.standardMinutes(10).getMillis();
  private static final long DELAY_MAX_MILLIS = Duration.standardMinutes(20).getMillis();

  private UserSessionsCases() {}

  static List<StreamCase> all() {
    return List.of(
        new StreamCase(
            "sessions: grow, meet and end",
            pipeline -> sessions(pipeline, handWritten()),
            List.of(
                // The view of 12:09:59.999 came last and made one session of two.
                session("anna 2026-01-31T12:00:00Z 3 views in 1199 seconds", "12:29:59.997"),
                // A gap of just ten minutes parts two sessions.
                session("boris 2026-01-31T12:00:00Z 1 views in 0 seconds", "12:09:59.999"),
                session("boris 2026-01-31T12:10:00Z 1 views in 0 seconds", "12:19:59.999"),
                // Anna's view of 12:20 came when the watermark had passed the end of any session
                // that it could belong to: dropped. She came back later.
                session("anna 2026-01-31T13:00:00Z 1 views in 0 seconds", "13:09:59.999"))),
        random("sessions: random stream, seed " + SEED, UserSessionsCases::stream),
        random(
            "sessions: random file, seed " + SEED,
            views -> Create.timestamped(views.stream().map(View::element).toList())));
  }

  private interface ToInput {
    PTransform<PBegin, PCollection<KV<String, String>>> of(List<View> views);
  }

  private static StreamCase random(String name, ToInput toInput) {
    long span = Duration.standardHours(4).getMillis();
    List<View> views = TimedViews.random(new SplittableRandom(SEED), 100, span, DELAY_MAX_MILLIS);
    return new StreamCase(name, pipeline -> sessions(pipeline, toInput.of(views)), expected(views));
  }

  private static PCollection<String> sessions(
      Pipeline pipeline, PTransform<PBegin, PCollection<KV<String, String>>> views) {
    return pipeline
        .apply("Views", views)
        .apply("FindSessions", new UserSessions.FindSessions(Duration.millis(GAP_MILLIS)))
        .apply("WithPane", ParDo.of(new WithPane()));
  }

  private static PTransform<PBegin, PCollection<KV<String, String>>> handWritten() {
    return TimedViews.stream()
        .addElements(view("12:00:00", "anna", "/home"), view("12:00:00", "boris", "/home"))
        .addElements(view("12:10:00", "boris", "/home"), view("12:19:59.998", "anna", "/home"))
        .advanceWatermarkTo(instant("12:09:59.999"))
        .addElements(view("12:09:59.999", "anna", "/home"))
        .advanceWatermarkTo(instant("12:40:00"))
        .addElements(view("12:20:00", "anna", "/home"))
        .addElements(view("13:00:00", "anna", "/home"))
        .advanceWatermarkToInfinity();
  }

  /** The watermark follows the arrivals at such a distance that no view is late. */
  private static TestStream<KV<String, String>> stream(List<View> views) {
    TestStream.Builder<KV<String, String>> stream = TimedViews.stream();
    for (View view : views) {
      stream =
          stream
              .advanceWatermarkTo(
                  new org.joda.time.Instant(view.arrivalMillis() - DELAY_MAX_MILLIS))
              .addElements(view.element());
    }
    return stream.advanceWatermarkToInfinity();
  }

  /** A session's timestamp is the last millisecond of its window. */
  private static String session(String line, String lastMillisecond) {
    return StreamCase.line(line, at(lastMillisecond), "ON_TIME#0");
  }

  /** The sessions, found by going through the views of each user in the order of time. */
  private static List<String> expected(List<View> views) {
    TreeMap<String, List<Long>> timesByUser = new TreeMap<>();
    for (View view : views) {
      timesByUser.computeIfAbsent(view.user(), user -> new ArrayList<>()).add(view.timeMillis());
    }
    List<String> sessions = new ArrayList<>();
    timesByUser.forEach(
        (user, unordered) -> {
          List<Long> times = unordered.stream().sorted().toList();
          int begin = 0;
          for (int i = 1; i <= times.size(); i++) {
            if (i == times.size() || times.get(i) - times.get(i - 1) >= GAP_MILLIS) {
              sessions.add(expectedSession(user, times.subList(begin, i)));
              begin = i;
            }
          }
        });
    return sessions;
  }

  private static String expectedSession(String user, List<Long> times) {
    long first = times.get(0);
    long last = times.get(times.size() - 1);
    String begin = Instant.ofEpochMilli(first).toString();
    return StreamCase.line(
        user + " " + begin + " " + times.size() + " views in " + (last - first) / 1000 + " seconds",
        last + GAP_MILLIS - 1,
        "ON_TIME#0");
  }
}
