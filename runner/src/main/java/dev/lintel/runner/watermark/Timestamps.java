package dev.lintel.runner.watermark;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;

/** The ends of event time in milliseconds, as Beam bounds them. */
public final class Timestamps {
  /** The beginning of time: what a watermark is before anything is known. */
  public static final long MIN_MILLIS = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  /** The end of time: no more input. */
  public static final long MAX_MILLIS = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();

  /** The last timestamp of the global window, after which every window has expired. */
  public static final long GLOBAL_WINDOW_END_MILLIS =
      GlobalWindow.INSTANCE.maxTimestamp().getMillis();

  private Timestamps() {}

  /** For people: a time, {@code beginning} or {@code end}. */
  public static String text(long millis) {
    if (millis <= MIN_MILLIS) {
      return "beginning";
    }
    return millis >= MAX_MILLIS ? "end" : new Instant(millis).toString();
  }
}
