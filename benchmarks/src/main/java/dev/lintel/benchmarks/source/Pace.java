package dev.lintel.benchmarks.source;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * When the elements of {@link PacedEvents} are due, in the one JVM of a run: the clock that all
 * splits have in common, and what they tell about how fast they were read.
 *
 * <p>Written by the readers of all splits, read by whoever measures.
 */
public final class Pace {
  private static final AtomicLong START_NANOS = new AtomicLong();

  /** A run is looked at in so many steps of equal length. */
  static final int STEPS = 1_000;

  /** When the readers of all splits had done a step; the last entry is the end. */
  private static final AtomicLongArray STEP_NANOS = new AtomicLongArray(STEPS + 1);

  private Pace() {}

  /** Before the pipeline is run. */
  public static void reset() {
    START_NANOS.set(0);
    for (int i = 0; i <= STEPS; i++) {
      STEP_NANOS.set(i, 0);
    }
  }

  /** The time 0 of the schedule, in {@link System#nanoTime}: when the first reader asked for it. */
  public static long startNanos() {
    long start = START_NANOS.get();
    if (start == 0) {
      START_NANOS.compareAndSet(0, System.nanoTime());
      start = START_NANOS.get();
    }
    return start;
  }

  /** A reader has done so many of {@link #STEPS}. */
  static void stepDone(int steps) {
    STEP_NANOS.accumulateAndGet(steps, System.nanoTime(), Math::max);
  }

  /**
   * How many elements a second were read in the second half of a run, when its code is compiled.
   *
   * @param count of all elements
   * @return null, if no run has read all
   */
  public static @Nullable Double elementsPerSecond(long count) {
    long half = STEP_NANOS.get(STEPS / 2);
    long all = STEP_NANOS.get(STEPS);
    return half == 0 || all <= half ? null : count / 2 / ((all - half) / 1e9);
  }
}
