package dev.lintel.runner.job;

/** More checkpoints in a row have failed than {@code --tolerableCheckpointFailures} allows. */
public final class CheckpointsFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckpointsFailedException(int tolerated, Throwable last) {
    super(
        "Expected at most "
            + tolerated
            + " checkpoints in a row to fail, but one more has: "
            + last
            + ". See that the checkpoint folder can be written and has room, or tolerate more with"
            + " --tolerableCheckpointFailures",
        last);
  }
}
