package dev.lintel.examples;

import java.time.DateTimeException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;

/**
 * The lines that the examples read: a time, a key and a value with spaces between them, such as
 * {@code 2026-01-31T12:00:00Z anna /home}. The value goes to the end of the line. Blank lines and
 * lines that begin with {@code #} are no events.
 */
final class EventLine {
  // A year of four digits: Beam can't express all times that java.time can.
  private static final Pattern EVENT = Pattern.compile("(\\d{4}-\\S+)\\s+(\\S+)\\s+(\\S.*?)\\s*");

  private EventLine() {}

  static boolean isEvent(String line) {
    return !line.isBlank() && !line.startsWith("#");
  }

  /**
   * Takes a line apart.
   *
   * @throws IllegalArgumentException if the line is no event; the text says what was expected
   */
  static TimestampedValue<KV<String, String>> parse(String line) {
    Matcher event = EVENT.matcher(line);
    if (!event.matches()) {
      throw new IllegalArgumentException(
          "Expected a time, a key and a value such as '2026-01-31T12:00:00Z anna /home', but found '"
              + line
              + "'");
    }
    return TimestampedValue.of(KV.of(event.group(2), event.group(3)), parseTime(event.group(1)));
  }

  /**
   * Reads a time.
   *
   * @throws IllegalArgumentException if it is none; the text says what was expected
   */
  static Instant parseTime(String time) {
    try {
      return Instant.ofEpochMilli(java.time.Instant.parse(time).toEpochMilli());
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "Expected a time such as 2026-01-31T12:00:00Z, but found '" + time + "'", e);
    }
  }

  /** The time as it stands in a line. */
  static String format(Instant time) {
    return java.time.Instant.ofEpochMilli(time.getMillis()).toString();
  }
}
