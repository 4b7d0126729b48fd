package dev.lintel.state.store;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes that belong to a snapshot, and are made by the thread that stores it: the task goes on
 * meanwhile, until it needs its store.
 *
 * <p><i>Threads:</i> the task's collects, up to {@link #seal}; any makes them, once. Who comes
 * second waits for the first. <i>Failure:</i> everybody who wants them made gets the same one.
 */
final class DeferredWrites {
  /** More is written at once: memory is for state, not for its copies. */
  private static final long BYTES_MAX = 4 << 20;

  /** A batch in RocksDB's serial form. */
  record Write(byte[] batch, int entries) {}

  private final Consumer<Write> store;
  private final List<Write> writes = new ArrayList<>();
  private long bytes;
  private boolean sealed;
  private boolean made;
  private @Nullable StateStoreException failure;

  /**
   * @param store makes one write
   */
  DeferredWrites(Consumer<Write> store) {
    this.store = store;
  }

  /** False if this takes no more: then it is to be made before anything else is written. */
  synchronized boolean add(Write write) {
    if (sealed || made || bytes + write.batch.length > BYTES_MAX) {
      return false;
    }
    writes.add(write);
    bytes += write.batch.length;
    return true;
  }

  /** The snapshot has what was added up to now. */
  synchronized void seal() {
    sealed = true;
  }

  synchronized void make() {
    if (failure != null) {
      throw failure;
    }
    if (!made) {
      made = true;
      try {
        writes.forEach(store);
      } catch (StateStoreException e) {
        failure = e;
        throw e;
      } finally {
        writes.clear();
      }
    }
  }
}
