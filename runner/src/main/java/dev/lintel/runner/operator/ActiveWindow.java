package dev.lintel.runner.operator;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A window of one key that may still merge with others. What is in it is in the state at its slot,
 * which stays where it is when the window grows.
 *
 * <p>A session that grows with each element is kept as two numbers; the window that they stand for
 * is made when somebody asks for it.
 */
final class ActiveWindow {
  private static final int NO_SLOT = -1;

  /** Null if it has to be made of the two times. */
  private @Nullable BoundedWindow window;

  /** Meaningful for interval windows. */
  private long startMillis;

  private long endMillis;
  private int slot = NO_SLOT;

  /** How many panes it has had, as the window that it is now. */
  private long panes;

  /**
   * Nothing is to happen at its end any more: the end has been seen to, or was past before the
   * window came about.
   */
  private boolean endDone;

  /** What was in it is in another window now. */
  private boolean mergedAway;

  ActiveWindow(BoundedWindow window) {
    this.window = window;
    this.startMillis = window instanceof IntervalWindow i ? i.start().getMillis() : 0;
    this.endMillis = window.maxTimestamp().getMillis();
  }

  /** An interval window. */
  ActiveWindow(long startMillis, long endMillis) {
    this.startMillis = startMillis;
    this.endMillis = endMillis;
  }

  boolean is(BoundedWindow other, long otherEndMillis) {
    return endMillis == otherEndMillis && window().equals(other);
  }

  BoundedWindow window() {
    BoundedWindow known = window;
    if (known == null) {
      known = new IntervalWindow(new Instant(startMillis), new Instant(endMillis + 1));
      window = known;
    }
    return known;
  }

  long startMillis() {
    return startMillis;
  }

  /** The last timestamp that belongs to the window. */
  long endMillis() {
    return endMillis;
  }

  /** Whether it is an interval window that has a moment in common with another one. */
  boolean overlaps(long otherStartMillis, long otherEndMillis) {
    return startMillis <= otherEndMillis && otherStartMillis <= endMillis;
  }

  boolean covers(long otherStartMillis, long otherEndMillis) {
    return startMillis <= otherStartMillis && otherEndMillis <= endMillis;
  }

  /** Becomes another interval window, which begins without panes. */
  void become(long newStartMillis, long newEndMillis, long watermarkMillis) {
    window = null;
    startMillis = newStartMillis;
    endMillis = newEndMillis;
    panes = 0;
    begin(watermarkMillis);
  }

  /** The window comes about while the watermark is there. */
  void begin(long watermarkMillis) {
    endDone = endMillis < watermarkMillis;
  }

  /** Whether it has a place in state; otherwise it is new, and nothing is in it. */
  boolean hasSlot() {
    return slot != NO_SLOT;
  }

  int slot() {
    return slot;
  }

  void slot(int slot) {
    this.slot = slot;
  }

  boolean isMergedAway() {
    return mergedAway;
  }

  void mergeAway() {
    mergedAway = true;
  }

  long panes() {
    return panes;
  }

  void paneEmitted() {
    panes++;
  }

  boolean endDone() {
    return endDone;
  }

  void endIsDone() {
    endDone = true;
  }

  /** As it was stored. */
  void restore(int slot, long panes, boolean endDone) {
    this.slot = slot;
    this.panes = panes;
    this.endDone = endDone;
  }

  /** When something is to happen in it: at its end, then at its expiry. */
  long dueMillis(Lateness lateness) {
    long expiryMillis = lateness.expiryMillis(endMillis);
    return endDone ? expiryMillis : Math.min(endMillis, expiryMillis);
  }
}
