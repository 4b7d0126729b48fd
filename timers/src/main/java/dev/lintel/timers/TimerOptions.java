package dev.lintel.timers;

/**
 * The limits and the one choice of an operator's timers.
 *
 * @param timersInMemoryMax how many timers of one time domain are kept in memory; the rest is in
 *     the store. About 140 bytes each, without the key
 * @param cleanUpTimersHold whether the clean-up timers of {@code StatefulDoFnRunner} hold the
 *     watermark at the end of their window: true only for a DoFn with {@code @OnWindowExpiration},
 *     whose output would otherwise be late
 */
public record TimerOptions(int timersInMemoryMax, boolean cleanUpTimersHold) {
  /** Half a million timers of each domain in memory; clean-up timers don't hold. */
  public static final TimerOptions DEFAULT = new TimerOptions(500_000, false);

  /** The smallest limit with which spilling by halves makes sense. */
  public static final int TIMERS_IN_MEMORY_MIN = 4;

  public TimerOptions {
    if (timersInMemoryMax < TIMERS_IN_MEMORY_MIN) {
      throw new IllegalArgumentException(
          "Expected room for at least "
              + TIMERS_IN_MEMORY_MIN
              + " timers in memory, but timersInMemoryMax="
              + timersInMemoryMax);
    }
  }

  public TimerOptions withTimersInMemoryMax(int max) {
    return new TimerOptions(max, cleanUpTimersHold);
  }

  public TimerOptions withCleanUpTimersHold(boolean hold) {
    return new TimerOptions(timersInMemoryMax, hold);
  }
}
