package dev.lintel.timers;

import dev.lintel.state.HoldListener;
import java.util.Arrays;

/**
 * A counted multiset of timestamps whose smallest member holds the output watermark back.
 *
 * <p>Each distinct timestamp has one slot in an open-addressing table (timestamp → count) and one
 * place in a binary heap. A timestamp whose count falls to zero keeps both until it reaches the top
 * of the heap, or until half of the places are such empty ones and the heap is rebuilt; so adding
 * and removing cost O(log n) amortised (O(1) for a timestamp that is already there), the minimum
 * O(1), and no key is ever scanned. About 40 bytes per distinct timestamp at the worst, nothing for
 * equal ones, and no boxing.
 *
 * <p><i>Ownership:</i> one task, one thread. <i>Invariants:</i> heap and table hold the same
 * timestamps; the top of the heap has a positive count. <i>Failure:</i> removing a hold that is not
 * there is a bug of the caller and throws.
 */
public final class WatermarkHolds implements HoldListener {
  private static final int INITIAL_CAPACITY = 16;

  private long[] timestamps = new long[INITIAL_CAPACITY];
  private int[] counts = new int[INITIAL_CAPACITY];
  private boolean[] used = new boolean[INITIAL_CAPACITY];
  private long[] heap = new long[INITIAL_CAPACITY];
  private int distinct;
  private int empty;
  private long total;

  /** The smallest timestamp that is held, or {@link Long#MAX_VALUE} when there is none. */
  public long min() {
    return distinct == 0 ? Long.MAX_VALUE : heap[0];
  }

  /** How many holds there are, equal ones counted each. */
  public long count() {
    return total;
  }

  public boolean isEmpty() {
    return total == 0;
  }

  /** The size of the table: for tests that memory goes with the holds there are. */
  int capacity() {
    return timestamps.length;
  }

  @Override
  public void holdAdded(long timestampMillis) {
    int slot = slotOf(timestampMillis);
    if (!used[slot]) {
      used[slot] = true;
      timestamps[slot] = timestampMillis;
      counts[slot] = 1;
      push(timestampMillis);
      growTableIfNeeded();
    } else {
      if (counts[slot] == 0) {
        empty--;
      }
      counts[slot] = Math.addExact(counts[slot], 1);
    }
    total++;
  }

  @Override
  public void holdRemoved(long timestampMillis) {
    int slot = slotOf(timestampMillis);
    if (!used[slot] || counts[slot] == 0) {
      throw new IllegalStateException(
          "Expected a hold at " + timestampMillis + " ms, but there is none (" + this + ")");
    }
    total--;
    counts[slot]--;
    if (counts[slot] == 0) {
      empty++;
      dropEmpty();
    }
  }

  private void dropEmpty() {
    while (distinct > 0 && counts[slotOf(heap[0])] == 0) {
      long gone = pop();
      removeSlot(slotOf(gone));
      empty--;
    }
    if (empty > INITIAL_CAPACITY && empty > distinct / 2) {
      rebuild();
    }
  }

  /** Leaves only timestamps with a positive count, in tables of the size that they need. */
  private void rebuild() {
    long[] oldTimestamps = timestamps;
    int[] oldCounts = counts;
    int live = distinct - empty;
    allocateTable(Math.max(INITIAL_CAPACITY, Integer.highestOneBit(Math.max(1, live)) * 4));
    heap = new long[Math.max(INITIAL_CAPACITY, live + live / 2)];
    distinct = 0;
    empty = 0;
    for (int i = 0; i < oldCounts.length; i++) {
      if (oldCounts[i] > 0) {
        insertSlot(oldTimestamps[i], oldCounts[i]);
        push(oldTimestamps[i]);
      }
    }
  }

  // ---- the table ----

  private int slotOf(long timestampMillis) {
    int mask = timestamps.length - 1;
    int slot = spread(timestampMillis) & mask;
    while (used[slot] && timestamps[slot] != timestampMillis) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static int spread(long timestampMillis) {
    long mixed = timestampMillis * 0x9E3779B97F4A7C15L;
    return (int) (mixed ^ mixed >>> 32);
  }

  private void growTableIfNeeded() {
    if (distinct * 3L > timestamps.length * 2L) {
      long[] oldTimestamps = timestamps;
      int[] oldCounts = counts;
      boolean[] oldUsed = used;
      allocateTable(Math.multiplyExact(oldTimestamps.length, 2));
      for (int i = 0; i < oldUsed.length; i++) {
        if (oldUsed[i]) {
          insertSlot(oldTimestamps[i], oldCounts[i]);
        }
      }
    }
  }

  private void allocateTable(int capacity) {
    timestamps = new long[capacity];
    counts = new int[capacity];
    used = new boolean[capacity];
  }

  private void insertSlot(long timestampMillis, int count) {
    int slot = slotOf(timestampMillis);
    used[slot] = true;
    timestamps[slot] = timestampMillis;
    counts[slot] = count;
  }

  /** Linear probing without tombstones: later members of the same run move up into the gap. */
  private void removeSlot(int slot) {
    int mask = timestamps.length - 1;
    int gap = slot;
    int next = (gap + 1) & mask;
    while (used[next]) {
      int home = spread(timestamps[next]) & mask;
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        timestamps[gap] = timestamps[next];
        counts[gap] = counts[next];
        gap = next;
      }
      next = (next + 1) & mask;
    }
    used[gap] = false;
    counts[gap] = 0;
  }

  // ---- the heap ----

  private void push(long timestampMillis) {
    if (distinct == heap.length) {
      heap = Arrays.copyOf(heap, Math.addExact(heap.length, heap.length >> 1));
    }
    int child = distinct++;
    while (child > 0) {
      int parent = (child - 1) >> 1;
      if (heap[parent] <= timestampMillis) {
        break;
      }
      heap[child] = heap[parent];
      child = parent;
    }
    heap[child] = timestampMillis;
  }

  private long pop() {
    long top = heap[0];
    long last = heap[--distinct];
    int hole = 0;
    for (int child = 1; child < distinct; child = 2 * hole + 1) {
      if (child + 1 < distinct && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= last) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = last;
    return top;
  }

  @Override
  public String toString() {
    return total + " holds, the smallest at " + (distinct == 0 ? "none" : heap[0] + " ms");
  }
}
