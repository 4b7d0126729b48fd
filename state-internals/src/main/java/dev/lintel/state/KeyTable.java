package dev.lintel.state;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of key entries: open addressing with linear probing, the hashes in an array of their
 * own, so that a look-up reads no entry but the right one. At most half full.
 *
 * <p>The place of an entry is given by the high bits of a product with the golden ratio: the keys
 * of one task share their key groups, so the low bits of their hashes say little.
 */
final class KeyTable {
  private static final int GOLDEN_RATIO = 0x9e3779b9;
  private static final int FIRST_BITS = 7;
  private static final int LAST_BITS = 30;

  /** A smaller table, with all its entries, is in the processor's caches anyway. */
  private static final int PRELOADED_SIZE_MIN = 2_048;

  private int bits = FIRST_BITS;
  private @Nullable KeyEntry[] places = new KeyEntry[1 << FIRST_BITS];
  private int[] hashes = new int[1 << FIRST_BITS];
  private int size;

  /** What was preloaded last, in the order in which it is going to be looked up. */
  private @Nullable EncodedKey[] aheadKeys = new EncodedKey[0];

  private @Nullable KeyEntry[] aheadEntries = new KeyEntry[0];
  private int aheadCount;
  private int aheadNext;

  /** Depends on all that {@link #preload} has read: it must not be optimised away. */
  int preloaded;

  @Nullable KeyEntry find(EncodedKey key) {
    int mask = places.length - 1;
    int hash = key.hashCode();
    int place = home(hash);
    for (KeyEntry entry = places[place]; entry != null; entry = places[place]) {
      if (hashes[place] == hash && entry.isOf(key)) {
        return entry;
      }
      place = (place + 1) & mask;
    }
    return null;
  }

  /** As {@link #find}, without a search for a key that was preloaded, if its turn has come. */
  @SuppressWarnings("ReferenceEquality") // The element has the very key that was preloaded.
  @Nullable KeyEntry findPreloaded(EncodedKey key) {
    while (aheadNext < aheadCount) {
      int place = aheadNext++;
      if (aheadKeys[place] == key) {
        KeyEntry entry = aheadEntries[place];
        return entry != null && entry.attached ? entry : find(key);
      }
    }
    return find(key);
  }

  /**
   * Reads what a look-up of each of the first {@code count} keys and of its first cell is going to
   * read. Nothing here waits for what was read for another key, so the processor fetches several of
   * them from memory at the same time; the look-ups between which user code runs would wait for
   * each.
   */
  void preload(@Nullable EncodedKey[] keys, int count) {
    aheadNext = 0;
    aheadCount = 0;
    if (size < PRELOADED_SIZE_MIN) {
      return;
    }
    aheadKeys = keys;
    aheadCount = count;
    if (aheadEntries.length < count) {
      aheadEntries = new KeyEntry[count];
    }
    int read = 0;
    for (int i = 0; i < count; i++) {
      EncodedKey key = keys[i];
      KeyEntry entry = key == null ? null : find(key);
      aheadEntries[i] = entry;
      if (entry != null) {
        read += entry.preload();
      }
    }
    preloaded = read;
  }

  /** Adds an entry whose key is not in the table. */
  void add(KeyEntry entry) {
    if (size * 2 >= places.length) {
      grow();
    }
    put(entry, entry.key.hashCode());
    size++;
  }

  private void put(KeyEntry entry, int hash) {
    int mask = places.length - 1;
    int place = home(hash);
    while (places[place] != null) {
      place = (place + 1) & mask;
    }
    places[place] = entry;
    hashes[place] = hash;
  }

  void forEach(Consumer<KeyEntry> action) {
    for (KeyEntry entry : places) {
      if (entry != null) {
        action.accept(entry);
      }
    }
  }

  /** Removes all entries, and is small again: few entries in a large table are far apart. */
  void clear() {
    bits = FIRST_BITS;
    places = new KeyEntry[1 << FIRST_BITS];
    hashes = new int[1 << FIRST_BITS];
    size = 0;
  }

  /** Removes an entry that is in the table; later ones of the same run move up into the gap. */
  void remove(KeyEntry entry) {
    int mask = places.length - 1;
    int gap = placeOf(entry);
    for (int next = (gap + 1) & mask; places[next] != null; next = (next + 1) & mask) {
      if (((next - home(hashes[next])) & mask) >= ((next - gap) & mask)) {
        places[gap] = places[next];
        hashes[gap] = hashes[next];
        gap = next;
      }
    }
    places[gap] = null;
    size--;
  }

  @SuppressWarnings("ReferenceEquality") // Entries are identities.
  private int placeOf(KeyEntry entry) {
    int mask = places.length - 1;
    int place = home(entry.key.hashCode());
    while (places[place] != entry) {
      if (places[place] == null) {
        throw new IllegalStateException(
            "Expected " + entry.key + " in the table of its operator, but it is not there");
      }
      place = (place + 1) & mask;
    }
    return place;
  }

  int size() {
    return size;
  }

  private void grow() {
    if (bits == LAST_BITS) {
      throw new IllegalStateException(
          "Expected at most "
              + size
              + " keys in memory, but there is one more: the cache is too large");
    }
    @Nullable KeyEntry[] oldPlaces = places;
    int[] oldHashes = hashes;
    bits++;
    places = new KeyEntry[1 << bits];
    hashes = new int[1 << bits];
    for (int i = 0; i < oldPlaces.length; i++) {
      KeyEntry entry = oldPlaces[i];
      if (entry != null) {
        put(entry, oldHashes[i]);
      }
    }
  }

  private int home(int hash) {
    return hash * GOLDEN_RATIO >>> (Integer.SIZE - bits);
  }
}
