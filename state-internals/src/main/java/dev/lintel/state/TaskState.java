package dev.lintel.state;

import dev.lintel.state.snapshot.StateSnapshot;
import dev.lintel.state.store.OrderedStore;

/**
 * All durable state of one task: the state cells of each of its operators behind one write-back
 * cache, and the ordered store below, in which timers have their own part of the key space.
 *
 * <p><i>Ownership:</i> one task, one thread. <i>Failure:</i> see {@link OrderedStore}.
 */
public interface TaskState extends AutoCloseable {
  /**
   * The state of one operator, addressed by the transform's unique name. Called once for each
   * operator when the task opens. The holds that the operator's {@code WatermarkHoldState}s set are
   * reported to {@code holds}.
   */
  KeyedStateInternals keyedState(String transformName, HoldListener holds);

  /**
   * A small number that stands for {@code (transformName, stateId)} in stored keys: the same for
   * the same names in every life of this state, given out in order and stored with it.
   */
  int stateNumber(String transformName, String stateId);

  /**
   * The store below, for structures (timers) that keep their own entries under their own {@link
   * #stateNumber}.
   */
  OrderedStore store();

  KeyGroupRange keyGroups();

  int maxParallelism();

  /**
   * Makes a structure that keeps its own entries part of this state: {@link #flush} and all that
   * takes snapshots has it write what it knows.
   */
  default void attach(StoredPart part) {}

  /** Writes every dirty cell of the cache, and all that attached parts know, to the store. */
  void flush();

  /**
   * Does a part of what {@link #snapshot} would have to do now. Called between bundles from when a
   * checkpoint is announced until the snapshot. Never necessary.
   *
   * @param entriesMax how much is written: a key's cells, or a timer, counts one
   * @param enough so much may be left for the snapshot itself, in the same measure
   */
  default Preparation prepareSnapshot(int entriesMax, int enough) {
    return Preparation.DONE;
  }

  /** How much {@link #flush} would write, in the same measure. */
  default int unwritten() {
    return 0;
  }

  /**
   * For how many nanoseconds changes of the state have waited for what a snapshot needs of it as it
   * was, since this was asked last: {@link #snapshot} leaves to others what they can do meanwhile.
   */
  default long takeWaitNanos() {
    return 0;
  }

  /** The state as it is now, in the backend's own format; flushes first. */
  default StateSnapshot snapshot() {
    throw new UnsupportedOperationException();
  }

  /** As {@link #snapshot}, in a format that every backend can open. */
  default StateSnapshot portableSnapshot() {
    throw new UnsupportedOperationException();
  }

  /**
   * Closes the store and frees its memory and, unless they are part of a checkpoint, its files.
   * Idempotent.
   */
  @Override
  void close();
}
