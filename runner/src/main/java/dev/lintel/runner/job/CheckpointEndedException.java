package dev.lintel.runner.job;

/** A checkpoint or savepoint was under way, or asked for, when the job's tasks ended. */
public final class CheckpointEndedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckpointEndedException(String job) {
    super(
        "Expected job "
            + job
            + " to run until the checkpoint was complete, but its tasks have ended before."
            + " Its last complete checkpoint is as it was");
  }
}
