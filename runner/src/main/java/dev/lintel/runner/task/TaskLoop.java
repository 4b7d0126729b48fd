package dev.lintel.runner.task;

import dev.lintel.runner.exchange.Outbox.BackPressure;
import dev.lintel.runner.exchange.Waker;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The default threading policy: a thread for each task. The loop is the only place that waits: it
 * calls the task until there is nothing to do, spins a little, then parks until a channel, a
 * command or the next timer wakes it.
 *
 * <p>{@link #wake} and {@link #cancel} may be called from any thread.
 */
public final class TaskLoop implements Runnable, Waker, BackPressure {
  private static final int SPINS = 64;

  /** How long an idle loop waits for a wake-up before it looks for itself: for timers, mostly. */
  private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** The same for a task that nothing wakes: a source that has to be polled. */
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Consumer<TaskEvent> coordinator;

  /** Set once, before any thread of the job starts. */
  private @Nullable Task task;

  private @Nullable Thread thread;

  /** Written by the loop before and after it parks, read by wakers. */
  private volatile boolean parked;

  /** Written by the coordinator, read by the loop. */
  private volatile boolean cancelled;

  public TaskLoop(Consumer<TaskEvent> coordinator) {
    this.coordinator = coordinator;
  }

  /** Gives the loop its task. Commands that come from now on wait for the thread to start. */
  public void attach(Task newTask, String threadName) {
    task = newTask;
    thread = new Thread(this, threadName);
  }

  /** Starts the thread. */
  public void start() {
    if (thread == null) {
      throw new IllegalStateException("Expected a task to be attached before the loop starts");
    }
    thread.start();
  }

  /** Puts a command into the task's mailbox and wakes it. */
  public void command(TaskCommand command) {
    if (task != null) {
      task.command(command);
      wake();
    }
  }

  @Override
  public void wake() {
    VarHandle.fullFence();
    if (parked) {
      LockSupport.unpark(thread);
    }
  }

  /** Tells the task to stop at the next cycle; user code that blocks is interrupted. */
  public void cancel() {
    cancelled = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Waits for the thread to end; false if it has not by then. */
  public boolean join(long millis) throws InterruptedException {
    if (thread == null) {
      return true;
    }
    thread.join(millis);
    return !thread.isAlive();
  }

  @Override
  public void run() {
    Task running = task;
    if (running == null) {
      return;
    }
    TaskEvent end;
    try {
      running.open();
      runUntilFinished(running);
      end =
          cancelled
              ? null
              : new TaskEvent.Finished(
                  running.id(), running.progress(), running.frameCounts(), running.metrics());
    } catch (Throwable failure) {
      end = cancelled ? null : new TaskEvent.Failed(running.id(), failure, running.metrics());
    }
    coordinator.accept(closed(running, end));
  }

  private void runUntilFinished(Task running) {
    int idle = 0;
    while (!cancelled && !running.isFinished()) {
      if (running.doWork() > 0) {
        idle = 0;
      } else if (idle < SPINS) {
        idle++;
        Thread.onSpinWait();
      } else {
        park(running);
      }
    }
  }

  private void park(Task running) {
    parked = true;
    VarHandle.fullFence();
    try {
      if (!cancelled && running.doWork() == 0) {
        LockSupport.parkNanos(this, running.needsPolling() ? POLL_NANOS : PARK_NANOS);
      }
    } finally {
      parked = false;
    }
  }

  /**
   * Closes the task, and says how it ended: {@code end}, or cancelled if that is null, or that
   * closing failed.
   */
  private TaskEvent closed(Task running, @Nullable TaskEvent end) {
    // A cancelled task's thread is interrupted: user code that tears down must not see that.
    Thread.interrupted();
    try {
      running.close();
    } catch (Throwable failure) {
      if (end instanceof TaskEvent.Failed failed) {
        failed.failure().addSuppressed(failure);
      } else {
        return new TaskEvent.Failed(running.id(), failure, running.metrics());
      }
    }
    return end == null ? new TaskEvent.Cancelled(running.id(), running.metrics()) : end;
  }

  @Override
  public void await() {
    if (cancelled) {
      throw new CancellationException("The job was cancelled");
    }
    parked = true;
    LockSupport.parkNanos(this, POLL_NANOS);
    parked = false;
  }
}
