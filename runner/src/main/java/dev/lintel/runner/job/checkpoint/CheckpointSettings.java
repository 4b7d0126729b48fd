package dev.lintel.runner.job.checkpoint;

/**
 * When a job takes checkpoints.
 *
 * @param enabled whatever the pipeline has to keep is kept so that a checkpoint can have it, and a
 *     last one is taken at the end
 * @param intervalMillis from the beginning of one to that of the next; zero: none by themselves
 * @param minPauseMillis from the end of one to the beginning of the next, at least
 * @param timeoutMillis after which one is given up
 * @param failuresMax how many in a row may fail
 * @param holdsBack inputs wait for each other's barriers, so that every effect is there once
 * @param alignmentTimeoutMillis they wait no longer than this
 */
public record CheckpointSettings(
    boolean enabled,
    long intervalMillis,
    long minPauseMillis,
    long timeoutMillis,
    int failuresMax,
    boolean holdsBack,
    long alignmentTimeoutMillis) {
  /** No checkpoints. */
  public static final CheckpointSettings NONE = new CheckpointSettings(false, 0, 0, 0, 0, true, 0);
}
