package dev.lintel.state;

import java.util.List;

/**
 * Where a process keeps the state of its tasks: opened once for a job, it owns what the tasks share
 * (memory budget, native caches, the state directory). Thread-safe; the {@link TaskState}s that it
 * opens are not.
 */
public interface StateBackend extends AutoCloseable {
  /**
   * Opens empty state for one task.
   *
   * @param taskName stage and slot, for error texts, and unique in the job
   */
  TaskState open(String taskName, KeyGroupRange keyGroups, int maxParallelism);

  /**
   * Opens state for one task with what snapshots hold of it.
   *
   * @param from the snapshots of all tasks that held some of the task's key groups; taken with any
   *     backend and any parallelism, but the same {@code maxParallelism}
   * @param selection what is wanted of them; all else is left behind
   */
  default TaskState restore(
      String taskName,
      KeyGroupRange keyGroups,
      int maxParallelism,
      List<StoredSnapshot> from,
      StateSelection selection) {
    throw new UnsupportedOperationException();
  }

  /**
   * Lets no more state be opened, and frees what is shared once the last {@link TaskState} is
   * closed: now, or when that happens. Idempotent.
   */
  @Override
  void close();
}
