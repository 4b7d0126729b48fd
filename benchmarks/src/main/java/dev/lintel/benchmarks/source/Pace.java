package dev.lintel.benchmarks.source;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * When the elements of {@link PacedEvents} are due, in the one JVM of a run: the clock that all
 * splits have in common, and what they tell about how fast they were read.
 *
 * <p>Written by the readers of all splits, read by whoever measures.
 */
public final class Pace {
  private static final AtomicLong START_NANOS = new AtomicLong();
  private static final AtomicLong HALF_READ_NANOS = new AtomicLong();
  private static final AtomicLong ALL_READ_NANOS = new AtomicLong();

  private Pace() {}

  /** Before the pipeline is run. */
  public static void reset() {
    START_NANOS.set(0);
    HALF_READ_NANOS.set(0);
    ALL_READ_NANOS.set(0);
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

  static void halfRead() {
    HALF_READ_NANOS.accumulateAndGet(System.nanoTime(), Math::max);
  }

  static void allRead() {
    ALL_READ_NANOS.accumulateAndGet(System.nanoTime(), Math::max);
  }

  /**
   * How many elements a second were read in the second half of a run, when its code is compiled.
   *
   * @param count of all elements
   * @return null, if no run has read all
   */
  public static @Nullable Double elementsPerSecond(long count) {
    long half = HALF_READ_NANOS.get();
    long all = ALL_READ_NANOS.get();
    return half == 0 || all <= half ? null : count / 2 / ((all - half) / 1e9);
  }
}
