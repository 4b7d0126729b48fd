package dev.lintel.state;

import dev.lintel.state.store.BulkLoad;
import dev.lintel.state.store.HeapStore;
import java.util.List;

/**
 * State on the heap, for tests and small jobs: the same cells as on RocksDB with a cache that never
 * evicts; the store below sees only what is flushed.
 */
public final class HeapStateBackend implements StateBackend {
  private final CacheBudget cacheBudget;

  public HeapStateBackend() {
    this(CellCache.UNLIMITED);
  }

  /**
   * @param cacheBytes decoded cells above this size are evicted to the heap store
   */
  public HeapStateBackend(long cacheBytes) {
    this.cacheBudget = new CacheBudget(cacheBytes);
  }

  @Override
  public TaskState open(String taskName, KeyGroupRange keyGroups, int maxParallelism) {
    HeapStore store = new HeapStore();
    StoredTaskState.begin(store, keyGroups, maxParallelism);
    return state(store, taskName);
  }

  @Override
  public TaskState restore(
      String taskName,
      KeyGroupRange keyGroups,
      int maxParallelism,
      List<StoredSnapshot> from,
      StateSelection selection) {
    HeapStore store = new HeapStore();
    try (BulkLoad load = store.bulkLoad()) {
      new StateRestore(taskName, keyGroups, maxParallelism, from, selection).copyTo(store, load);
    }
    return state(store, taskName);
  }

  private TaskState state(HeapStore store, String taskName) {
    HeapSnapshots snapshots = new HeapSnapshots(store, taskName);
    TaskState state = new StoredTaskState(store, snapshots, cacheBudget, cacheBudget::taskClosed);
    cacheBudget.taskOpened();
    return state;
  }

  @Override
  public void close() {}
}
