package dev.lintel.runner.job;

import org.jspecify.annotations.Nullable;

/**
 * A task has been told to stop and its thread has not come back in time: user code that reacts to
 * no interrupt. The stack trace is that of the stuck thread. What it still uses (its state, its
 * readers) stays open until it returns, and is closed by it then; the thread keeps no JVM alive.
 *
 * <p>Whoever owns the code at the top of the stack has it return when its thread is interrupted.
 */
public final class StuckTaskException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private StuckTaskException(String message, StackTraceElement[] stack) {
    super(message);
    setStackTrace(stack);
  }

  static StuckTaskException of(
      @Nullable String step, long waitedMillis, StackTraceElement[] stack) {
    return new StuckTaskException(
        "Expected the task to end within "
            + waitedMillis
            + " ms after it was told to stop, but its thread is still running"
            + (step == null ? "" : " in transform '" + step + "'")
            + (stack.length == 0 ? "" : ", at " + stack[0])
            + ". Have that code return when its thread is interrupted, or wait longer with"
            + " --cancelTimeoutMillis",
        stack);
  }
}
