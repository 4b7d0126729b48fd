package dev.lintel.state;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The write-back cache of one task: all keys of all its operators in one ring, and the room that
 * they may take.
 *
 * <p>With a limit, the ring is a clock: when the weight goes over the limit, a hand goes round,
 * gives keys that were used since its last pass a second chance, and evicts the others, cells
 * written through, until a sixteenth of the limit is free; so writes go out in large batches. What
 * was written through on eviction is packed first ({@link PackedValues}), which may take half of
 * the limit, before it goes to the store. Without a limit (heap backend) nothing is evicted;
 * instead each new cell moves the hand on a little and it drops the cells that are empty, so that
 * keys that are done cost nothing. An operator that keeps its keys ({@link KeyedCells#keepKeys})
 * loses the cells of a key that is evicted, but not the entry: it stays in the operator's table, in
 * no ring.
 *
 * <p>Weights are estimates in bytes: fixed ones for an entry and a cell, the measured or average
 * encoded size for what is in it (see {@link Column}). <i>Ownership:</i> the task's thread; {@code
 * limit} may be changed by others at any time.
 */
final class CellCache implements StoredPart {
  static final long UNLIMITED = Long.MAX_VALUE;

  /** How far a new cell moves the hand of an unlimited cache, in entries and cells. */
  private static final int SWEEP_CREDIT = 4;

  private final LongSupplier limit;
  private final CellStore store;
  private final boolean bounded;
  private long weight;
  private long sweepCredit;

  /** Every attached entry with a dirty cell. */
  private final DirtyList<KeyEntry> dirty = new DirtyList<>();

  private @Nullable KeyEntry head;
  private @Nullable KeyEntry tail;

  CellCache(LongSupplier limit, CellStore store) {
    this.limit = limit;
    this.store = store;
    this.bounded = limit.getAsLong() != UNLIMITED;
  }

  /** The part of a limit that packed values may take. */
  static LongSupplier packedLimit(LongSupplier limit) {
    return limit.getAsLong() == UNLIMITED ? () -> 0 : () -> limit.getAsLong() / 2;
  }

  boolean isBounded() {
    return bounded;
  }

  /** Whether seven eighths of what the cells may weigh are taken. */
  boolean isNearlyFull() {
    long bytes = limit.getAsLong();
    return weight() > bytes - bytes / 8;
  }

  /** The weight above which one cell alone is too large to be kept whole. */
  long cellWeightMax() {
    return bounded ? Math.min(CollectionCell.CACHED_WEIGHT_MAX, limit.getAsLong()) : UNLIMITED;
  }

  void grew(int by) {
    weight += by;
  }

  /** What cells and packed values weigh. */
  long weight() {
    return weight + store.packed().bytes();
  }

  void add(KeyEntry entry) {
    linkLast(entry);
    weight += entry.weight();
  }

  /** Told of each new cell. */
  void cellAdded() {
    sweepCredit += SWEEP_CREDIT;
  }

  /** Makes room where it is needed. Called before an operation, never within one. */
  void reclaim() {
    if (bounded) {
      if (weight() > limit.getAsLong()) {
        evict();
      }
    } else if (sweepCredit > 0) {
      sweep();
    }
  }

  // ---- writing through ----

  /** Told of each entry that has a dirty cell. */
  void becameDirty(KeyEntry entry) {
    dirty.add(entry);
  }

  @Override
  public void flush() {
    dirty.flush(KeyEntry::writeThrough);
    store.commit();
  }

  @Override
  public boolean flushSome(int entriesMax) {
    boolean left = dirty.flushSome(entriesMax, KeyEntry::writeThrough);
    store.commit();
    return left;
  }

  @Override
  public int unwritten() {
    return dirty.size();
  }

  // ---- making room ----

  private void evict() {
    long bytes = limit.getAsLong();
    long target = bytes - bytes / 16;
    store.evicting = true;
    while (weight() > target && head != null) {
      KeyEntry entry = head;
      unlink(entry);
      if (entry.referenced) {
        entry.referenced = false;
        linkLast(entry);
      } else {
        entry.evict();
        if (entry.owner.keepsKeys()) {
          empty(entry);
        } else {
          drop(entry);
        }
      }
    }
    store.evicting = false;
    store.commit();
  }

  /** Takes the cells from an entry that stays, out of the ring until it gets another one. */
  private void empty(KeyEntry entry) {
    dirty.remove(entry);
    entry.detachCells();
    entry.inRing = false;
  }

  /** An entry that was emptied gets a cell. */
  void filled(KeyEntry entry) {
    linkLast(entry);
  }

  /** Drops an entry, whose owner knows, with what was not written. */
  void discard(KeyEntry entry) {
    if (entry.inRing) {
      unlink(entry);
    }
    release(entry);
  }

  private void sweep() {
    while (sweepCredit > 0 && head != null) {
      KeyEntry entry = head;
      unlink(entry);
      sweepCredit -= 1 + entry.size();
      entry.dropIdle();
      if (entry.size() == 0 && !entry.referenced) {
        drop(entry);
      } else {
        entry.referenced = false;
        linkLast(entry);
      }
    }
    store.commit();
  }

  private void drop(KeyEntry entry) {
    release(entry);
    entry.owner.dropped(entry);
  }

  private void release(KeyEntry entry) {
    dirty.remove(entry);
    entry.detachCells();
    entry.attached = false;
    weight -= entry.weight();
  }

  private void linkLast(KeyEntry entry) {
    entry.inRing = true;
    entry.previous = tail;
    entry.next = null;
    if (tail == null) {
      head = entry;
    } else {
      tail.next = entry;
    }
    tail = entry;
  }

  private void unlink(KeyEntry entry) {
    if (entry.previous == null) {
      head = entry.next;
    } else {
      entry.previous.next = entry.next;
    }
    if (entry.next == null) {
      tail = entry.previous;
    } else {
      entry.next.previous = entry.previous;
    }
  }
}
