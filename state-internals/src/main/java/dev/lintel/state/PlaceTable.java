package dev.lintel.state;

/**
 * A hash table of places, which are numbers whose meaning is up to the user, who also says which of
 * several places with one hash is the right one. Open addressing with linear probing, at most half
 * full.
 */
final class PlaceTable {
  /** No slot. */
  static final int NONE = -1;

  private static final int GOLDEN_RATIO = 0x9e3779b9;
  private static final int BITS_MIN = 10;
  private static final long[] EMPTY = new long[0];

  /** Hash in the high half, place plus one in the low one; 0 for nothing. */
  private long[] slots = EMPTY;

  private int bits;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  /** The memory that the table takes. */
  long bytes() {
    return (long) slots.length * Long.BYTES;
  }

  /** The first slot of this hash, or {@link #NONE}. */
  int find(int hash) {
    return isEmpty() ? NONE : findFrom(home(hash), hash);
  }

  /** The next slot that has the hash of this one, or {@link #NONE}. */
  int findNext(int slot) {
    return findFrom(next(slot), hashAt(slot));
  }

  private int findFrom(int first, int hash) {
    int slot = first;
    while (slots[slot] != 0) {
      if (hashAt(slot) == hash) {
        return slot;
      }
      slot = next(slot);
    }
    return NONE;
  }

  /** What is in a slot that was found. */
  int place(int slot) {
    return (int) slots[slot] - 1;
  }

  /**
   * Adds a place.
   *
   * @param place not negative
   */
  void add(int hash, int place) {
    if (size * 2 >= slots.length) {
      grow();
    }
    put((long) hash << Integer.SIZE | (place + 1));
    size++;
  }

  private void put(long content) {
    int slot = home((int) (content >>> Integer.SIZE));
    while (slots[slot] != 0) {
      slot = next(slot);
    }
    slots[slot] = content;
  }

  /** Empties a slot; later ones of the same run move up into the gap. */
  void remove(int slot) {
    int mask = slots.length - 1;
    int gap = slot;
    for (int next = next(slot); slots[next] != 0; next = next(next)) {
      if (((next - home(hashAt(next))) & mask) >= ((next - gap) & mask)) {
        slots[gap] = slots[next];
        gap = next;
      }
    }
    slots[gap] = 0;
    size--;
  }

  /** Removes all, and is small again. */
  void clear() {
    slots = EMPTY;
    bits = 0;
    size = 0;
  }

  private void grow() {
    long[] old = slots;
    bits = Math.max(BITS_MIN, bits + 1);
    slots = new long[1 << bits];
    for (long content : old) {
      if (content != 0) {
        put(content);
      }
    }
  }

  private int next(int slot) {
    return (slot + 1) & (slots.length - 1);
  }

  private int hashAt(int slot) {
    return (int) (slots[slot] >>> Integer.SIZE);
  }

  private int home(int hash) {
    return hash * GOLDEN_RATIO >>> (Integer.SIZE - bits);
  }
}
