package dev.lintel.runner.job;

/**
 * A savepoint, or the last checkpoint of a job that is to stop, could not be taken. The job goes on
 * unless it has ended by itself: the caller tries again, or somewhere else.
 */
public final class SavepointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SavepointException(String what, String job, Throwable cause) {
    super("Expected to take " + what + " (job=" + job + "), but: " + text(cause), cause);
  }

  private static String text(Throwable cause) {
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
