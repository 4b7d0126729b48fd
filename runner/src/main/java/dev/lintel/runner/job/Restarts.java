package dev.lintel.runner.job;

/**
 * Whether a job that has failed goes on from its last checkpoint, and how long it waits before.
 * Failures count as being in a row until the job has run for a while without one.
 *
 * <p>Pure logic; <i>Ownership:</i> the job's coordinator thread.
 */
final class Restarts {
  /** So many times the longest delay without a failure, and the next failure is the first again. */
  private static final int QUIET_DELAYS = 10;

  /** Without a delay between restarts, what fails at once would never have failed often enough. */
  private static final long QUIET_MILLIS_MIN = 10_000;

  private final RestartSettings settings;
  private int inARow;
  private long lastFailureMillis = Long.MIN_VALUE;

  Restarts(RestartSettings settings) {
    this.settings = settings;
  }

  /**
   * The job has failed.
   *
   * @return how many milliseconds to wait before it is restarted; negative: it is not
   */
  long failed(long nowMillis) {
    if (lastFailureMillis != Long.MIN_VALUE && nowMillis - lastFailureMillis > quietMillis()) {
      inARow = 0;
    }
    lastFailureMillis = nowMillis;
    inARow++;
    if (inARow > settings.attempts()) {
      return -1;
    }
    if (!settings.exponential()) {
      return settings.delayMillis();
    }
    int doublings = Math.min(inARow - 1, 30);
    return Math.min(settings.maxDelayMillis(), settings.delayMillis() << doublings);
  }

  private long quietMillis() {
    long longest = settings.exponential() ? settings.maxDelayMillis() : settings.delayMillis();
    return Math.max(QUIET_MILLIS_MIN, QUIET_DELAYS * longest);
  }

  /** How many failures there were since the last quiet time. */
  int inARow() {
    return inARow;
  }
}
