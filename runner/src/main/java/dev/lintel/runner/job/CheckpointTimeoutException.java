package dev.lintel.runner.job;

/** A checkpoint took longer than {@code --checkpointTimeoutMillis} and was given up. */
public final class CheckpointTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckpointTimeoutException(long number, long timeoutMillis, int missing, int tasks) {
    super(
        "Expected checkpoint "
            + number
            + " to be complete after "
            + timeoutMillis
            + " ms, but "
            + (missing > 0
                ? missing + " of " + tasks + " tasks have not taken their snapshot"
                : "not all snapshots are stored")
            + ". Look at what keeps them busy, or wait longer with --checkpointTimeoutMillis");
  }
}
