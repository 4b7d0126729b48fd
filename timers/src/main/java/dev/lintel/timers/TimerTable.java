package dev.lintel.timers;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of timers by their identity: open addressing with linear probing, so that a timer
 * costs one reference and its hash, and a lookup makes no object and reads no timer but the right
 * one. Never more than two thirds full.
 *
 * <p><i>Ownership:</i> one {@link TimerQueue}.
 */
final class TimerTable {
  private static final int INITIAL_CAPACITY = 16;

  private @Nullable TimerEntry[] slots = new @Nullable TimerEntry[INITIAL_CAPACITY];
  private int[] hashes = new int[INITIAL_CAPACITY];
  private int size;

  int size() {
    return size;
  }

  @Nullable TimerEntry find(TimerIdentity identity) {
    int mask = slots.length - 1;
    int slot = identity.hash & mask;
    for (TimerEntry entry = slots[slot]; entry != null; entry = slots[slot]) {
      if (hashes[slot] == identity.hash && entry.sameAs(identity)) {
        return entry;
      }
      slot = (slot + 1) & mask;
    }
    return null;
  }

  /** Adds a timer whose identity is not in the table. */
  void add(TimerEntry entry) {
    if ((size + 1) * 3L > slots.length * 2L) {
      rebuild(Math.multiplyExact(slots.length, 2), any -> true);
    }
    place(entry, entry.hash);
    size++;
  }

  /** Removes a timer that is in the table. */
  @SuppressWarnings("ReferenceEquality") // Entries are identities.
  void remove(TimerEntry entry) {
    int mask = slots.length - 1;
    int gap = entry.hash & mask;
    while (slots[gap] != entry) {
      if (slots[gap] == null) {
        throw new IllegalStateException("Expected timer " + entry + " in the table, but it is not");
      }
      gap = (gap + 1) & mask;
    }
    int next = (gap + 1) & mask;
    while (slots[next] != null) {
      if (((next - hashes[next]) & mask) >= ((next - gap) & mask)) {
        slots[gap] = slots[next];
        hashes[gap] = hashes[next];
        gap = next;
      }
      next = (next + 1) & mask;
    }
    slots[gap] = null;
    size--;
  }

  void forEach(Consumer<TimerEntry> action) {
    for (TimerEntry entry : slots) {
      if (entry != null) {
        action.accept(entry);
      }
    }
  }

  /** Keeps the timers for which {@code keep} is true; {@code keep} sees each once. */
  void retain(Predicate<TimerEntry> keep) {
    rebuild(slots.length, keep);
  }

  private void rebuild(int capacity, Predicate<TimerEntry> keep) {
    @Nullable TimerEntry[] oldSlots = slots;
    int[] oldHashes = hashes;
    slots = new @Nullable TimerEntry[capacity];
    hashes = new int[capacity];
    size = 0;
    for (int i = 0; i < oldSlots.length; i++) {
      TimerEntry entry = oldSlots[i];
      if (entry != null && keep.test(entry)) {
        place(entry, oldHashes[i]);
        size++;
      }
    }
  }

  private void place(TimerEntry entry, int hash) {
    int mask = slots.length - 1;
    int slot = hash & mask;
    while (slots[slot] != null) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = entry;
    hashes[slot] = hash;
  }
}
