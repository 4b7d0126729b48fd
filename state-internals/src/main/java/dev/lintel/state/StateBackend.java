package dev.lintel.state;

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
   * Lets no more state be opened, and frees what is shared once the last {@link TaskState} is
   * closed: now, or when that happens. Idempotent.
   */
  @Override
  void close();
}
