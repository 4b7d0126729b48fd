package dev.lintel.state;

import dev.lintel.state.store.HeapStore;

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
  HeapStateBackend(long cacheBytes) {
    this.cacheBudget = new CacheBudget(cacheBytes);
  }

  @Override
  public TaskState open(String taskName, KeyGroupRange keyGroups, int maxParallelism) {
    TaskState state =
        new StoredTaskState(
            new HeapStore(), keyGroups, maxParallelism, cacheBudget, cacheBudget::taskClosed);
    cacheBudget.taskOpened();
    return state;
  }

  @Override
  public void close() {}
}
