package dev.lintel.runner.job;

import dev.lintel.runner.operator.OperatorException;
import dev.lintel.runner.task.TaskId;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.UserCodeException;

/**
 * A job has failed. The cause is what the user's code, a source, a coder or the state threw,
 * without Beam's and Lintel's wrappers; the message says where.
 */
public final class JobFailedException extends Pipeline.PipelineExecutionException {
  private static final long serialVersionUID = 1L;

  private final String message;

  private JobFailedException(String message, Throwable cause) {
    super(cause);
    this.message = message;
  }

  static JobFailedException of(String job, String stage, TaskId task, Throwable failure) {
    Throwable cause = failure;
    String where = "job=" + job + ", stage=" + stage + ", slot=" + task.slot();
    if (failure instanceof OperatorException operator) {
      where = "transform=" + operator.transform() + ", " + where;
      cause = operator.getCause() == null ? failure : operator.getCause();
    }
    while (cause instanceof UserCodeException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return new JobFailedException(cause + " (" + where + ")", cause);
  }

  @Override
  public String getMessage() {
    return message;
  }
}
