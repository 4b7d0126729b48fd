package dev.lintel.runner.job;

import dev.lintel.runner.operator.OperatorException;
import dev.lintel.runner.task.TaskId;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.UserCodeException;

/**
 * A job has failed. The cause is what the user's code, a source, a coder or the state threw,
 * without Beam's and Lintel's wrappers; the message says where. Further failures of the same job,
 * such as that of a task which did not stop, are suppressed in it.
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
    return new JobFailedException(cause + " (" + where + ")" + advice(cause), cause);
  }

  /** A failure of what keeps the tasks together, not of a task. */
  static JobFailedException outsideOfTasks(String job, String doing, Throwable cause) {
    return new JobFailedException(
        cause + " (job=" + job + ", in " + doing + ")" + advice(cause), cause);
  }

  /** What the user can do about a cause whose own text does not say. */
  private static String advice(Throwable cause) {
    if (!(cause instanceof OutOfMemoryError)) {
      return "";
    }
    return ". The largest heap of this JVM is "
        + (Runtime.getRuntime().maxMemory() >> 20)
        + " MiB: give it more (-Xmx), or have less in memory at a time (a lower --parallelism,"
        + " --maxBundleSize or --stateMemoryMiB; --stateBackend=rocksdb instead of heap)";
  }

  @Override
  public String getMessage() {
    return message;
  }
}
