package dev.lintel.faults.input;

/** How input is written in the values of Kafka records. */
public final class Text {
  /** Ends a partition: what comes with it is later than everything. */
  public static final String END = "X";

  private static final String EVENT = "E ";
  private static final String BALLAST = "B ";

  private Text() {}

  /**
   * @param sentMillis by the wall clock; not part of any result
   */
  public static String event(long id, long sentMillis) {
    return EVENT + id + " " + sentMillis;
  }

  public static boolean isEvent(String text) {
    return text.startsWith(EVENT);
  }

  public static long id(String event) {
    return Long.parseLong(event.split(" ")[1]);
  }

  public static long sentMillis(String event) {
    return Long.parseLong(event.split(" ")[2]);
  }

  /** Has a key keep so many bytes in state. */
  public static String ballast(int bytes) {
    return BALLAST + bytes;
  }

  public static boolean isBallast(String text) {
    return text.startsWith(BALLAST);
  }

  public static int bytes(String ballast) {
    return Integer.parseInt(ballast.substring(BALLAST.length()));
  }
}
