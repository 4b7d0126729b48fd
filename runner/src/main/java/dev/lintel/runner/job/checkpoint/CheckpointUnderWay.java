package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.task.TaskEvent;
import dev.lintel.runner.task.TaskId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint that has begun: what its tasks have given, and what is still to come.
 *
 * <p>Pure logic; <i>Ownership:</i> the job's coordinator thread.
 */
public final class CheckpointUnderWay {
  private final long number;
  private final CheckpointRequest request;
  private final long startMillis;
  private final long deadlineMillis;
  private final int size;
  private final Set<TaskId> awaited;
  private final Map<TaskId, MetricsSnapshot> metrics = new HashMap<>();
  private long pauseMillis;
  private int stored;

  CheckpointUnderWay(
      long number,
      CheckpointRequest request,
      long startMillis,
      long deadlineMillis,
      Set<TaskId> tasks) {
    this.number = number;
    this.request = request;
    this.startMillis = startMillis;
    this.deadlineMillis = deadlineMillis;
    this.size = tasks.size();
    this.awaited = new HashSet<>(tasks);
  }

  public long number() {
    return number;
  }

  public CheckpointRequest request() {
    return request;
  }

  public long startMillis() {
    return startMillis;
  }

  long deadlineMillis() {
    return deadlineMillis;
  }

  /** How many tasks take part. */
  int size() {
    return size;
  }

  /** The tasks that have not given their snapshots. */
  Set<TaskId> awaited() {
    return awaited;
  }

  /** The longest that a task's snapshot has kept it from its work. */
  public long pauseMillis() {
    return pauseMillis;
  }

  /** What the tasks had counted when they took their snapshots. */
  public MetricsSnapshot metrics() {
    return MetricsSnapshot.merge(metrics.values());
  }

  /**
   * A task has given a snapshot.
   *
   * @return false if it is not one of this checkpoint, or not the first of its task
   */
  boolean taken(TaskEvent.SnapshotTaken event) {
    if (event.checkpoint() != number || !awaited.remove(event.task())) {
      return false;
    }
    metrics.put(event.task(), event.metrics());
    pauseMillis = Math.max(pauseMillis, event.pauseMillis());
    return true;
  }

  /** A snapshot is stored. */
  void stored() {
    stored++;
  }

  /** Every snapshot is stored: it is being made real, and not given up any more. */
  boolean isDeciding() {
    return stored == size;
  }
}
