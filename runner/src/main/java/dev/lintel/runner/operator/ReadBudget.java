package dev.lintel.runner.operator;

import dev.lintel.runner.clock.Clock;

/**
 * How much of a source may be read in one cycle of its task: so many elements, or as many as there
 * are in a certain time. A source may wait inside for each element, as Kafka's does for some
 * milliseconds.
 *
 * <p><i>Ownership:</i> one task.
 */
public final class ReadBudget {
  /** Looking at the clock takes some tens of nanoseconds. */
  private static final int ELEMENTS_PER_LOOK = 8;

  private final Clock clock;
  private int left;
  private int untilLook;
  private long endMillis;

  public ReadBudget(Clock clock) {
    this.clock = clock;
  }

  /** Gives a new cycle its budget. */
  public ReadBudget begin(int elements, long untilMillis) {
    left = elements;
    endMillis = untilMillis;
    untilLook = ELEMENTS_PER_LOOK;
    return this;
  }

  /** How many more elements may be read; zero when the time is over. */
  int left() {
    return left;
  }

  /** An element has been read. */
  void spend() {
    left--;
    if (--untilLook == 0) {
      look();
    }
  }

  /** Something has taken time: a split that had nothing, say. */
  void look() {
    untilLook = ELEMENTS_PER_LOOK;
    if (clock.millis() >= endMillis) {
      left = 0;
    }
  }
}
