package dev.lintel.examples;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;

/** Page views for the tests: made at random, and as a stream that a test writes step by step. */
final class TimedViews {
  static final long NOON = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();

  private TimedViews() {}

  /**
   * A view.
   *
   * @param arrivalMillis when it comes in, which may be long after it happened
   */
  record View(long timeMillis, long arrivalMillis, String user, String page) {
    TimestampedValue<KV<String, String>> element() {
      return TimestampedValue.of(KV.of(user, page), new org.joda.time.Instant(timeMillis));
    }
  }

  /** Views in the order in which they come in, each at most {@code delayMaxMillis} too late. */
  static List<View> random(
      SplittableRandom random, int count, long spanMillis, long delayMaxMillis) {
    List<View> views = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long time = NOON + random.nextLong(spanMillis);
      // The square of a random number: most delays are short.
      double delay = random.nextDouble();
      views.add(
          new View(
              time,
              time + (long) (delay * delay * delayMaxMillis),
              "user" + random.nextInt(1 + random.nextInt(8)),
              "/page" + random.nextInt(1 + random.nextInt(3))));
    }
    views.sort(Comparator.comparingLong(View::arrivalMillis));
    return views;
  }

  static TestStream.Builder<KV<String, String>> stream() {
    return TestStream.create(KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()));
  }

  /** Millis of a time on the day of the tests, such as {@code 12:00:05}. */
  static long at(String timeOfDay) {
    return Instant.parse("2026-01-31T" + timeOfDay + "Z").toEpochMilli();
  }

  static TimestampedValue<KV<String, String>> view(String timeOfDay, String user, String page) {
    return new View(at(timeOfDay), 0, user, page).element();
  }

  static org.joda.time.Instant instant(String timeOfDay) {
    return new org.joda.time.Instant(at(timeOfDay));
  }
}
