package dev.lintel.runner.task;

import dev.lintel.runner.metrics.RunningStep;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The default threading policy: a thread for each task. It calls the task until there is nothing to
 * do, spins a little, then parks until a channel, a command or the next timer wakes it.
 */
public final class TaskThread implements Runnable, TaskLoop {
  private static final int SPINS = 64;

  /** How long an idle loop waits for a wake-up before it looks for itself: for timers, mostly. */
  private static final long PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** The same for a task that waits for another thread within a cycle. */
  private static final long AWAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Consumer<TaskEvent> coordinator;

  /** Set before any thread of the job starts, and given up by the loop at its end. */
  private volatile @Nullable Task task;

  private @Nullable Thread thread;

  /** Written by the loop before and after it parks, read by wakers. */
  private volatile boolean parked;

  /** Written by the coordinator, read by the loop. */
  private volatile boolean cancelled;

  private final Object closingLock = new Object();

  /** Under the lock: written by the loop when nothing may interrupt it any more. */
  private boolean closing;

  /** Written by the loop when it begins; read of a stuck thread. */
  private volatile @Nullable RunningStep runningStep;

  /** Written by the loop as the last thing; read after its thread has terminated. */
  private @Nullable Throwable diedOf;

  public TaskThread(Consumer<TaskEvent> coordinator) {
    this.coordinator = coordinator;
  }

  @Override
  public void attach(Task newTask, String threadName) {
    task = newTask;
    thread = new Thread(this, threadName);
    // The coordinator's thread keeps the JVM alive: one that is stuck in user code must not.
    thread.setDaemon(true);
  }

  @Override
  public void start() {
    Task starting = task;
    if (thread == null || starting == null) {
      throw new IllegalStateException("Expected a task to be attached before the loop starts");
    }
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      Throwable failure = closed(starting, e);
      coordinator.accept(
          new TaskEvent.Failed(starting.id(), failure == null ? e : failure, starting.metrics()));
    }
  }

  @Override
  public void closeUnstarted() {
    Task attached = task;
    task = null;
    if (attached != null) {
      attached.close();
    }
  }

  @Override
  public void command(TaskCommand command) {
    Task current = task;
    if (current != null) {
      current.command(command);
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

  @Override
  public void cancel() {
    markCancelled();
    synchronized (closingLock) {
      if (thread != null && !closing) {
        thread.interrupt();
      }
    }
  }

  @Override
  public void markCancelled() {
    cancelled = true;
  }

  @Override
  public void interrupt() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public boolean join(long millis) throws InterruptedException {
    if (thread == null || thread.getState() == Thread.State.NEW) {
      return true;
    }
    thread.join(millis);
    return !thread.isAlive();
  }

  @Override
  public boolean isTerminated() {
    return thread != null && thread.getState() == Thread.State.TERMINATED;
  }

  @Override
  public @Nullable Throwable diedOf() {
    return diedOf;
  }

  @Override
  public StackTraceElement[] stack() {
    return thread == null ? new StackTraceElement[0] : thread.getStackTrace();
  }

  @Override
  public @Nullable String stuckStep() {
    return runningStep == null ? null : runningStep.ofStuckThread();
  }

  @Override
  public void run() {
    Task running = task;
    if (running == null) {
      return;
    }
    try {
      runningStep = running.runningStep();
      coordinator.accept(runToTheEnd(running));
    } catch (Throwable e) {
      // Out of memory while telling the end: nothing may be allocated here.
      diedOf = e;
    } finally {
      // Whoever keeps the job's result must not keep the task's elements and state with it.
      task = null;
    }
  }

  private TaskEvent runToTheEnd(Task running) {
    Throwable failure = null;
    try {
      running.open();
      runUntilFinished(running);
    } catch (Throwable e) {
      failure = e;
    }
    boolean stopped = cancelled;
    failure = closed(running, stopped ? null : failure);
    if (failure != null) {
      return new TaskEvent.Failed(running.id(), failure, running.metrics());
    }
    return stopped
        ? new TaskEvent.Cancelled(running.id(), running.metrics())
        : new TaskEvent.Finished(
            running.id(), running.progress(), running.frameCounts(), running.metrics());
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
        LockSupport.parkNanos(this, running.parkNanos(PARK_NANOS));
      }
    } finally {
      parked = false;
    }
  }

  /** Closes the task; returns the failure it had, or that to close it, or null. */
  private @Nullable Throwable closed(Task running, @Nullable Throwable failure) {
    synchronized (closingLock) {
      closing = true;
      // A cancelled task's thread is interrupted: user code that tears down must not see that.
      Thread.interrupted();
    }
    Closing close = failure == null ? new Closing() : new Closing(failure);
    close.run(running::close);
    return close.first();
  }

  @Override
  public void await() {
    if (cancelled) {
      throw new CancellationException("The job was cancelled");
    }
    parked = true;
    LockSupport.parkNanos(this, AWAIT_NANOS);
    parked = false;
  }
}
