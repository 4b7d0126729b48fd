package dev.lintel.runner.job;

/**
 * When a job takes checkpoints.
 *
 * @param intervalMillis from the beginning of one to that of the next; zero: none are taken
 * @param minPauseMillis from the end of one to the beginning of the next, at least
 * @param timeoutMillis after which one is given up
 * @param failuresMax how many in a row may fail
 * @param holdsBack inputs wait for each other's barriers, so that every effect is there once
 * @param alignmentTimeoutMillis they wait no longer than this
 */
public record CheckpointSettings(
    long intervalMillis,
    long minPauseMillis,
    long timeoutMillis,
    int failuresMax,
    boolean holdsBack,
    long alignmentTimeoutMillis) {
  /** No checkpoints. */
  public static final CheckpointSettings NONE = new CheckpointSettings(0, 0, 0, 0, true, 0);

  public boolean enabled() {
    return intervalMillis > 0;
  }
}
