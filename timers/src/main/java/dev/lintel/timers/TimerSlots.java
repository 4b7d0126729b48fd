package dev.lintel.timers;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A list of timers with their sort keys (time, tie) in arrays of their own: ordering them reads no
 * timer objects, but for timers of one key at one time.
 *
 * <p><i>Ownership:</i> one {@link TimerOrder}.
 */
final class TimerSlots {
  private static final int CAPACITY_MIN = 16;

  private long[] times;
  private long[] ties;
  private @Nullable TimerEntry[] entries;
  private int size;

  TimerSlots(int capacity) {
    int length = Math.max(CAPACITY_MIN, capacity);
    times = new long[length];
    ties = new long[length];
    entries = new @Nullable TimerEntry[length];
  }

  int size() {
    return size;
  }

  long time(int slot) {
    return times[slot];
  }

  TimerEntry timer(int slot) {
    TimerEntry entry = entries[slot];
    if (entry == null) {
      throw new IllegalStateException("Expected a timer in slot " + slot + " of " + size);
    }
    return entry;
  }

  /** Whether the slot is the one of its timer that counts; see {@link TimerOrder}. */
  boolean counts(int slot) {
    TimerEntry entry = timer(slot);
    return entry.inHead && entry.slotTime == times[slot];
  }

  void append(long time, TimerEntry entry) {
    if (size == times.length) {
      int capacity = Math.addExact(size, size >> 1);
      times = Arrays.copyOf(times, capacity);
      ties = Arrays.copyOf(ties, capacity);
      entries = Arrays.copyOf(entries, capacity);
    }
    put(size++, time, entry);
  }

  void put(int slot, long time, TimerEntry entry) {
    times[slot] = time;
    ties[slot] = entry.tie;
    entries[slot] = entry;
  }

  /** Copies a slot of this list over another one of it. */
  void move(int from, int to) {
    times[to] = times[from];
    ties[to] = ties[from];
    entries[to] = entries[from];
  }

  /** Lets go of the timer in a slot that is not used any more. */
  void release(int slot) {
    entries[slot] = null;
  }

  /** Removes the slots from {@code newSize} on. */
  void truncate(int newSize) {
    Arrays.fill(entries, newSize, size, null);
    size = newSize;
  }

  boolean before(int slot, TimerSlots that, int other) {
    if (times[slot] != that.times[other]) {
      return times[slot] < that.times[other];
    }
    if (ties[slot] != that.ties[other]) {
      return ties[slot] < that.ties[other];
    }
    return timer(slot).compareIdentity(that.timer(other)) < 0;
  }

  boolean before(long time, TimerEntry entry, int other) {
    if (time != times[other]) {
      return time < times[other];
    }
    if (entry.tie != ties[other]) {
      return entry.tie < ties[other];
    }
    return entry.compareIdentity(timer(other)) < 0;
  }

  /** The first part of the sort key, or the second. */
  long key(int slot, boolean time) {
    return time ? times[slot] : ties[slot];
  }

  void copySlot(TimerSlots from, int slot, int to) {
    times[to] = from.times[slot];
    ties[to] = from.ties[slot];
    entries[to] = from.entries[slot];
  }

  /** Copies the slots in {@code [start, end)} to the same places of this list. */
  void copySlots(TimerSlots from, int start, int end) {
    System.arraycopy(from.times, start, times, start, end - start);
    System.arraycopy(from.ties, start, ties, start, end - start);
    System.arraycopy(from.entries, start, entries, start, end - start);
  }

  void insertionSort(int start, int end) {
    for (int next = start + 1; next < end; next++) {
      long time = times[next];
      TimerEntry entry = timer(next);
      int hole = next;
      while (hole > start && before(time, entry, hole - 1)) {
        move(hole - 1, hole);
        hole--;
      }
      put(hole, time, entry);
    }
  }

  /** Sorts slots that have time and tie in common. */
  void sortByIdentity(int start, int end) {
    TimerEntry[] range = new TimerEntry[end - start];
    for (int slot = start; slot < end; slot++) {
      range[slot - start] = timer(slot);
    }
    Arrays.sort(range, TimerEntry::compareIdentity);
    System.arraycopy(range, 0, entries, start, range.length);
  }

  /** Both lists, each in order, as one. */
  static TimerSlots merged(TimerSlots a, TimerSlots b) {
    if (a.size == 0 || b.size == 0) {
      return a.size == 0 ? b : a;
    }
    TimerSlots all = new TimerSlots(Math.addExact(a.size, b.size));
    int i = 0;
    int j = 0;
    while (i < a.size && j < b.size) {
      if (b.before(j, a, i)) {
        all.copySlot(b, j++, all.size++);
      } else {
        all.copySlot(a, i++, all.size++);
      }
    }
    all.appendAll(a, i, a.size);
    all.appendAll(b, j, b.size);
    return all;
  }

  private void appendAll(TimerSlots from, int start, int end) {
    int count = end - start;
    System.arraycopy(from.times, start, times, size, count);
    System.arraycopy(from.ties, start, ties, size, count);
    System.arraycopy(from.entries, start, entries, size, count);
    size += count;
  }
}
