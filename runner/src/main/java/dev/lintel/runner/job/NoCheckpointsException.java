package dev.lintel.runner.job;

/**
 * A checkpoint or savepoint was asked for of a job that takes none. The user starts it with them.
 */
public final class NoCheckpointsException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  NoCheckpointsException(String job) {
    super(
        "Expected a job that takes checkpoints, but "
            + job
            + " takes none: start it with --checkpointIntervalMillis, or cancel it.");
  }
}
