package dev.lintel.validates.differential.spec;

/**
 * Windows, trigger and what goes with them. All durations are in the pipeline's unit.
 *
 * @param size of a window, or a session's gap; unused for global and calendar windows
 * @param period of sliding windows; offset of fixed ones
 * @param closeAlways whether a window gives a last pane even if there is nothing new in it
 */
public record Windowing(
    Kind kind,
    long size,
    long period,
    Trigger trigger,
    long lateness,
    boolean accumulating,
    Timestamps timestamps,
    boolean closeAlways) {

  /** The windows of a collection that nobody has given windows. */
  public static final Windowing GLOBAL =
      new Windowing(Kind.GLOBAL, 0, 0, Trigger.DEFAULT, 0, false, Timestamps.END, false);

  /** The kinds of windows. */
  public enum Kind {
    GLOBAL,
    FIXED,
    SLIDING,
    SESSIONS,
    CALENDAR_DAYS,
    /** A window function of our own with windows of two sizes, by key. */
    CUSTOM
  }

  /** How a pane's timestamp is made. */
  public enum Timestamps {
    END,
    EARLIEST,
    LATEST
  }

  /**
   * A trigger.
   *
   * @param n of elements, or a delay in the pipeline's unit
   */
  public record Trigger(TriggerKind kind, int n) {
    public static final Trigger DEFAULT = new Trigger(TriggerKind.DEFAULT, 0);

    /** Whether it fires as the default trigger does. */
    public boolean isDefault() {
      return kind == TriggerKind.DEFAULT;
    }

    /** Whether the end of the window, too, lets it fire. */
    boolean firesAtTheEnd() {
      return kind != TriggerKind.REPEATED_COUNT && kind != TriggerKind.COUNT_AND_DELAY;
    }

    @Override
    public String toString() {
      return isDefault() ? "default" : kind + "(" + n + ")";
    }
  }

  /** The kinds of triggers. */
  public enum TriggerKind {
    DEFAULT,
    /** Each n elements early, then at the end of the window, then for each late element. */
    EARLY_AND_LATE_COUNT,
    /** At the end of the window, then after each n late elements. */
    LATE_COUNT,
    /** After each n elements. */
    REPEATED_COUNT,
    /** A delay after a pane's first element, early; then at the end of the window. */
    EARLY_DELAY,
    /** After n elements or at the end of the window, whatever comes first, again and again. */
    COUNT_OR_END,
    /** After n elements and a delay, again and again. */
    COUNT_AND_DELAY,
    /** After each n elements until the end of the window, then after each element. */
    COUNT_UNTIL_END
  }

  /** Whether windows of one key can become one. */
  public boolean isMerging() {
    return kind == Kind.SESSIONS;
  }

  /** Whether an element can lie in several windows. */
  public boolean isOverlapping() {
    return kind == Kind.SLIDING;
  }

  /** These windows with at least so much lateness: Beam never lowers it. */
  public Windowing withLatenessOfAtLeast(long atLeast) {
    return new Windowing(
        kind,
        size,
        period,
        trigger,
        Math.max(lateness, atLeast),
        accumulating,
        timestamps,
        closeAlways);
  }

  /** What is left of these windows behind a step with its own trigger. */
  Windowing discardingAtEnd() {
    return new Windowing(kind, size, period, trigger, lateness, false, Timestamps.END, closeAlways);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(kind.name());
    switch (kind) {
      case FIXED -> text.append("(size=").append(size).append(", offset=").append(period);
      case SLIDING -> text.append("(size=").append(size).append(", period=").append(period);
      case SESSIONS, CUSTOM -> text.append("(size=").append(size);
      case GLOBAL, CALENDAR_DAYS -> text.append('(');
    }
    return text.append("; trigger=")
        .append(trigger)
        .append(", lateness=")
        .append(lateness)
        .append(accumulating ? ", accumulating" : ", discarding")
        .append(", timestamps=")
        .append(timestamps)
        .append(closeAlways ? ", last pane always)" : ")")
        .toString();
  }
}
