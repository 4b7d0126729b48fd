package dev.lintel.runner.job;

/**
 * How a job that fails is restarted.
 *
 * @param attempts how many failures in a row are survived; zero: none
 * @param delayMillis before a restart, or before the first of several
 * @param exponential the delay doubles from failure to failure
 * @param maxDelayMillis what it becomes at most
 * @param fromBeginning also before the first checkpoint, when everything is done again
 */
public record RestartSettings(
    int attempts,
    long delayMillis,
    boolean exponential,
    long maxDelayMillis,
    boolean fromBeginning) {
  /** The first failure ends the job. */
  public static final RestartSettings NONE = new RestartSettings(0, 0, false, 0, false);
}
