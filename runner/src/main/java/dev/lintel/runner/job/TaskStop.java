package dev.lintel.runner.job;

import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.task.TaskLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stops a job's tasks within a bounded time: tells them, interrupts them again and again, and gives
 * up those that have not ended by then. It also finds the threads that died without a word.
 *
 * <p><i>Ownership:</i> the job's coordinator thread.
 */
final class TaskStop {
  private static final long INTERRUPT_MILLIS = 1_000;

  private final Map<TaskId, TaskLoop> loops;
  private final TaskId[] ids;
  private final TaskLoop[] byIndex;
  private final long timeoutMillis;
  private final Clock clock;
  private boolean begun;
  private boolean gaveUp;
  private long deadlineMillis;
  private long nextInterruptMillis;

  TaskStop(Map<TaskId, TaskLoop> loops, long timeoutMillis, Clock clock) {
    this.loops = loops;
    this.ids = loops.keySet().toArray(TaskId[]::new);
    this.byIndex = loops.values().toArray(TaskLoop[]::new);
    this.timeoutMillis = timeoutMillis;
    this.clock = clock;
  }

  /**
   * Tells every task to stop; the time runs from the first call. Allocates nothing: it is called
   * when there is no memory left, too. If it fails nevertheless, it may be called again.
   */
  void begin() {
    if (!begun) {
      long now = clock.millis();
      deadlineMillis = now + timeoutMillis;
      nextInterruptMillis = now + INTERRUPT_MILLIS;
      for (TaskLoop each : byIndex) {
        each.markCancelled();
      }
      for (TaskLoop each : byIndex) {
        each.cancel();
      }
      begun = true;
    }
  }

  boolean hasBegun() {
    return begun;
  }

  /** How long the coordinator may wait for a message before it looks here again. */
  long waitMillis(long atMost) {
    return begun ? Math.max(1, Math.min(atMost, timeoutMillis / 2)) : atMost;
  }

  /** Of these tasks, those whose threads have ended. Their last words may be on their way. */
  List<TaskId> terminated(Collection<TaskId> tasks) {
    return tasks.stream().filter(each -> loop(each).isTerminated()).toList();
  }

  /** A task of which nothing will be heard any more. */
  TaskEvent.Lost died(TaskId task) {
    Throwable cause = loop(task).diedOf();
    return new TaskEvent.Lost(
        task,
        cause != null
            ? cause
            : new IllegalStateException(
                "Expected the task's thread to say how it ended, but it has ended without a word"));
  }

  /**
   * Interrupts again those of these tasks that have been told to stop; when their time is over,
   * returns them as lost, once.
   */
  List<TaskEvent> overdue(Collection<TaskId> tasks) {
    if (!begun || gaveUp) {
      return List.of();
    }
    long now = clock.millis();
    if (now >= deadlineMillis) {
      gaveUp = true;
      List<TaskEvent> lost = new ArrayList<>();
      for (TaskId each : tasks) {
        lost.add(giveUp(each));
      }
      return lost;
    }
    if (now >= nextInterruptMillis) {
      nextInterruptMillis = now + INTERRUPT_MILLIS;
      tasks.forEach(each -> loop(each).cancel());
    }
    return List.of();
  }

  private TaskEvent giveUp(TaskId task) {
    TaskLoop loop = loop(task);
    StuckTaskException failure =
        StuckTaskException.of(loop.stuckStep(), timeoutMillis, loop.stack());
    // A teardown that sleeps may end by this; nobody waits for it any more.
    loop.interrupt();
    return new TaskEvent.Lost(task, failure);
  }

  /**
   * Waits for the threads of all tasks but {@code lost}. Allocates nothing unless one is stuck.
   *
   * @return those that have not ended in time
   */
  List<TaskEvent> join(Set<TaskId> lost) {
    long end = clock.millis() + timeoutMillis;
    List<TaskEvent> left = List.of();
    for (int i = 0; i < ids.length; i++) {
      if (!lost.contains(ids[i]) && !hasEnded(byIndex[i], Math.max(1, end - clock.millis()))) {
        left = new ArrayList<>(left);
        left.add(giveUp(ids[i]));
      }
    }
    return left;
  }

  private static boolean hasEnded(TaskLoop loop, long waitMillis) {
    try {
      return loop.join(waitMillis);
    } catch (InterruptedException e) {
      // Nobody has reason to interrupt the coordinator; if somebody does, nothing more is awaited.
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private TaskLoop loop(TaskId task) {
    TaskLoop loop = loops.get(task);
    if (loop == null) {
      throw new IllegalStateException("Expected a loop of " + task);
    }
    return loop;
  }
}
