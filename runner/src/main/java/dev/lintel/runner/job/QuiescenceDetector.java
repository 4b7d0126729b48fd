package dev.lintel.runner.job;

import dev.lintel.runner.task.TaskEvent.FrameCounts;
import dev.lintel.runner.task.TaskId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Decides whether nothing is in flight in a job, from what its tasks say when they are probed:
 * Mattern's four-counter method ("Algorithms for distributed termination detection", 1987). A task
 * answers a probe when it has nothing to do, with the frames it has sent and received so far. The
 * job is quiescent when two rounds in a row give the same sums and as many frames were received as
 * sent: with one round alone, a frame sent after the sender had answered and received before the
 * receiver did could make the sums agree.
 *
 * <p>Pure logic; owned by the coordinator.
 */
final class QuiescenceDetector {
  private final Map<TaskId, FrameCounts> counts = new HashMap<>();
  private final Set<TaskId> ended = new HashSet<>();
  private final Set<TaskId> unanswered = new HashSet<>();
  private FrameCounts previous = new FrameCounts(-1, -1);
  private long round;

  /** Forgets the rounds so far: a new question is asked. */
  void restart() {
    previous = new FrameCounts(-1, -1);
  }

  /** Begins a round over the tasks that are alive; returns its number. */
  long begin(Set<TaskId> alive) {
    unanswered.clear();
    unanswered.addAll(alive);
    unanswered.removeAll(ended);
    return ++round;
  }

  /** A task has ended with these counts, and is not probed any more. */
  void ended(TaskId task, FrameCounts frames) {
    ended.add(task);
    counts.put(task, frames);
    unanswered.remove(task);
  }

  /** Takes an answer; one to an earlier round is ignored. */
  void answered(TaskId task, long answeredRound, FrameCounts frames) {
    if (answeredRound == round && unanswered.remove(task)) {
      counts.put(task, frames);
    }
  }

  boolean isRoundComplete() {
    return unanswered.isEmpty();
  }

  /** After a complete round: nothing is in flight. Otherwise another round is needed. */
  boolean isQuiescent() {
    long sent = 0;
    long received = 0;
    for (FrameCounts each : counts.values()) {
      sent += each.sent();
      received += each.received();
    }
    FrameCounts sums = new FrameCounts(sent, received);
    boolean quiescent = sent == received && sums.equals(previous);
    previous = sums;
    return quiescent;
  }
}
