package dev.lintel.runner.job.checkpoint;

/**
 * The storage of checkpoints can't be read or written, or what is there is not to be used. The
 * cause says what was expected and found, and what can be done.
 */
public final class CheckpointStorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CheckpointStorageException(Exception cause) {
    super(cause.getMessage(), cause);
  }
}
