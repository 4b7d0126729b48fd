package dev.lintel.runner.task;

import dev.lintel.runner.exchange.Outbox.BackPressure;
import dev.lintel.runner.exchange.Waker;
import org.jspecify.annotations.Nullable;

/**
 * Gives one task its turns: opens it, calls it until it is finished or cancelled, closes it, and
 * says how it has ended. The only place that waits.
 *
 * <p>{@link #wake}, {@link #command} and {@link #cancel} may be called from any thread; {@link
 * #await} by the task; all else by whoever runs the job.
 */
public interface TaskLoop extends Waker, BackPressure {
  /** Gives the loop its task. Commands that come from now on wait for the start. */
  void attach(Task task, String name);

  /** The task has turns from now on; if it can't have any, it is closed and said to have failed. */
  void start();

  /** Closes a task that was never started. */
  void closeUnstarted();

  /** Puts a command into the task's mailbox and wakes it. */
  void command(TaskCommand command);

  /**
   * Tells the task to stop at the next cycle; user code that blocks is interrupted, and again by
   * each further call, unless the task is being closed already.
   */
  void cancel();

  /** As {@link #cancel}, without the interrupt: it can't fail. */
  void markCancelled();

  /** Interrupts user code whatever it does. */
  void interrupt();

  /** Waits for the end; false if the task has not ended by then. */
  boolean join(long millis) throws InterruptedException;

  /** It was started and has ended: nothing more is said by it. */
  boolean isTerminated();

  /** What ended it before it could say so; null if nothing did. */
  @Nullable Throwable diedOf();

  /** What user code is doing now; empty if it has ended. */
  StackTraceElement[] stack();

  /** The step of a task that has been given up; null if it is in none. */
  @Nullable String stuckStep();
}
