package dev.lintel.runner.operator;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.Predicate;

/**
 * The windows of one key that may still merge, and the times under which the key stands in the
 * operator's index: the value of one state cell.
 *
 * <p><i>Invariants:</i> no two windows are equal or have the same slot; the earliest of the times
 * is not after the moment at which the first window is due. It may be before: a window that grows
 * leaves its key where it is.
 */
final class ActiveWindows {
  private static final long[] NO_TIMES = {};

  private ActiveWindow[] windows = new ActiveWindow[1];
  private int size;

  /** In order, and mostly one. */
  private long[] times = NO_TIMES;

  int size() {
    return size;
  }

  ActiveWindow get(int place) {
    return windows[place];
  }

  /** Adds a window, and gives it a slot that no other has if it has none. */
  void add(ActiveWindow window) {
    if (!window.hasSlot()) {
      window.slot(freeSlot());
    }
    if (size == windows.length) {
      windows = Arrays.copyOf(windows, 2 * size);
    }
    windows[size++] = window;
  }

  private int freeSlot() {
    if (size == 0) {
      return 0;
    }
    BitSet taken = new BitSet(size + 1);
    for (int i = 0; i < size; i++) {
      taken.set(windows[i].slot());
    }
    return taken.nextClearBit(0);
  }

  void removeIf(Predicate<ActiveWindow> condition) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      ActiveWindow each = windows[i];
      if (!condition.test(each)) {
        windows[kept++] = each;
      }
    }
    Arrays.fill(windows, kept, size, null);
    size = kept;
  }

  /** When the first window is due; {@code Long.MAX_VALUE} if there is none. */
  long dueMillis(Lateness lateness) {
    long first = Long.MAX_VALUE;
    for (int i = 0; i < size; i++) {
      first = Math.min(first, windows[i].dueMillis(lateness));
    }
    return first;
  }

  // ---- the key's times in the index ----

  /** Whether the key comes out of the index at that time or before. */
  boolean isIndexedBy(long millis) {
    return times.length > 0 && times[0] <= millis;
  }

  /** The key was added to the index under a time before all others. */
  void indexed(long millis) {
    long[] more = new long[times.length + 1];
    more[0] = millis;
    System.arraycopy(times, 0, more, 1, times.length);
    times = more;
  }

  /** The key came out of the index, which gives the earliest first. */
  void unindexed(long millis) {
    if (times.length == 0 || times[0] != millis) {
      throw new IllegalStateException(
          "Expected the index to give the key at the first of "
              + Arrays.toString(times)
              + ", but it came at "
              + millis);
    }
    times = times.length == 1 ? NO_TIMES : Arrays.copyOfRange(times, 1, times.length);
  }

  /** Nothing is to be remembered of the key. */
  boolean isEmpty() {
    return size == 0 && times.length == 0;
  }

  // ---- stored ----

  long[] times() {
    return times;
  }

  static ActiveWindows stored(long[] times, int expectedWindows) {
    ActiveWindows restored = new ActiveWindows();
    restored.times = times;
    restored.windows = new ActiveWindow[Math.max(1, expectedWindows)];
    return restored;
  }
}
