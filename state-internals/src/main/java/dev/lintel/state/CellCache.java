package dev.lintel.state;

import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The write-back cache of one task: all keys of all its operators in one ring, and the room that
 * they may take.
 *
 * <p>With a limit, the ring is a clock: when the weight goes over the limit, a hand goes round,
 * gives keys that were used since its last pass a second chance, and evicts the others, cells
 * written through, until a sixteenth of the limit is free; so writes go out in large batches.
 * Without a limit (heap backend) nothing is evicted; instead each new cell moves the hand on a
 * little and it drops the cells that are empty, so that keys that are done cost nothing.
 *
 * <p>Weights are estimates in bytes: fixed ones for an entry and a cell, the measured or average
 * encoded size for what is in it (see {@link Column}). <i>Ownership:</i> the task's thread; {@code
 * limit} may be changed by others at any time.
 */
final class CellCache implements StoredPart {
  private static final int DIRTY_FIRST = 64;

  /** A larger array of dirty entries is given back when they have been written. */
  private static final int DIRTY_KEPT_MAX = 1 << 16;

  private static final int NO_PASS = -1;
  static final long UNLIMITED = Long.MAX_VALUE;

  /** How far a new cell moves the hand of an unlimited cache, in entries and cells. */
  private static final int SWEEP_CREDIT = 4;

  private final LongSupplier limit;
  private final CellStore store;
  private final boolean bounded;
  private long weight;
  private long sweepCredit;

  /** Every attached entry with a dirty cell, in no order. */
  private @Nullable KeyEntry[] dirty = new KeyEntry[DIRTY_FIRST];

  private int dirtyCount;

  /** Below are the dirty entries that the pass of {@link #flushSome} has still to write. */
  private int passLeft = NO_PASS;

  private @Nullable KeyEntry head;
  private @Nullable KeyEntry tail;

  CellCache(LongSupplier limit, CellStore store) {
    this.limit = limit;
    this.store = store;
    this.bounded = limit.getAsLong() != UNLIMITED;
  }

  boolean isBounded() {
    return bounded;
  }

  /** The weight above which one cell alone is too large to be kept whole. */
  long cellWeightMax() {
    return bounded ? Math.min(CollectionCell.CACHED_WEIGHT_MAX, limit.getAsLong()) : UNLIMITED;
  }

  void grew(int by) {
    weight += by;
  }

  long weight() {
    return weight;
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
      if (weight > limit.getAsLong()) {
        evict();
      }
    } else if (sweepCredit > 0) {
      sweep();
    }
  }

  // ---- dirty entries ----

  void becameDirty(KeyEntry entry) {
    if (dirtyCount == dirty.length) {
      dirty = Arrays.copyOf(dirty, dirtyCount * 2);
    }
    entry.dirtyPlace = dirtyCount;
    dirty[dirtyCount++] = entry;
  }

  /** The last one takes its place: it is never one that a pass has still to write. */
  private void becameClean(KeyEntry entry) {
    int place = entry.dirtyPlace;
    if (place < 0) {
      return;
    }
    if (place < passLeft) {
      passLeft--;
      moveDirty(passLeft, place);
      place = passLeft;
    }
    moveDirty(--dirtyCount, place);
    dirty[dirtyCount] = null;
    entry.dirtyPlace = -1;
  }

  private void moveDirty(int from, int to) {
    KeyEntry moved = dirty[from];
    if (moved != null && from != to) {
      moved.dirtyPlace = to;
      dirty[to] = moved;
    }
  }

  private void writeDirty(int place) {
    KeyEntry entry = dirty[place];
    if (entry != null) {
      entry.writeThrough();
      becameClean(entry);
    }
  }

  /** Writes every dirty cell through. */
  @Override
  public void flush() {
    passLeft = NO_PASS;
    while (dirtyCount > 0) {
      writeDirty(dirtyCount - 1);
    }
    store.commit();
    if (dirty.length > DIRTY_KEPT_MAX) {
      dirty = new KeyEntry[DIRTY_FIRST];
    }
  }

  @Override
  public boolean flushSome(int entriesMax) {
    if (passLeft == NO_PASS) {
      passLeft = dirtyCount;
    }
    for (int i = 0; i < entriesMax && passLeft > 0; i++) {
      writeDirty(passLeft - 1);
    }
    store.commit();
    boolean left = passLeft > 0;
    if (!left) {
      passLeft = NO_PASS;
    }
    return left;
  }

  @Override
  public int unwritten() {
    return dirtyCount;
  }

  // ---- making room ----

  private void evict() {
    long bytes = limit.getAsLong();
    long target = bytes - bytes / 16;
    while (weight > target && head != null) {
      KeyEntry entry = head;
      unlink(entry);
      if (entry.referenced) {
        entry.referenced = false;
        linkLast(entry);
      } else {
        entry.writeThrough();
        drop(entry);
      }
    }
    store.commit();
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
    becameClean(entry);
    entry.detachCells();
    entry.attached = false;
    entry.owner.dropped(entry);
    weight -= entry.weight();
  }

  private void linkLast(KeyEntry entry) {
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
