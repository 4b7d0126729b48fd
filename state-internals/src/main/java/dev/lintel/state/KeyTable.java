package dev.lintel.state;

import org.jspecify.annotations.Nullable;

/**
 * A hash table of key entries with the chain in the entries themselves.
 *
 * <p>Buckets are chosen by the high bits of a product with the golden ratio: the keys of one task
 * share their key groups, so the low bits of their hashes say little.
 */
final class KeyTable {
  private static final int GOLDEN_RATIO = 0x9e3779b9;
  private static final int FIRST_BITS = 6;
  private static final int LAST_BITS = 30;

  private int bits = FIRST_BITS;
  private @Nullable KeyEntry[] buckets = new KeyEntry[1 << FIRST_BITS];
  private int size;

  @Nullable KeyEntry find(EncodedKey key) {
    KeyEntry entry = buckets[bucket(key)];
    while (entry != null && !entry.key.equals(key)) {
      entry = entry.nextInBucket;
    }
    return entry;
  }

  /** Adds an entry whose key is not in the table. */
  void add(KeyEntry entry) {
    if (size >= buckets.length && bits < LAST_BITS) {
      grow();
    }
    link(entry);
    size++;
  }

  /** Removes an entry that is in the table. */
  void remove(KeyEntry entry) {
    int bucket = bucket(entry.key);
    KeyEntry current = buckets[bucket];
    if (current == entry) {
      buckets[bucket] = entry.nextInBucket;
    } else {
      while (current != null && current.nextInBucket != entry) {
        current = current.nextInBucket;
      }
      if (current == null) {
        throw new IllegalStateException(
            "Expected " + entry.key + " in the table of its operator, but it is not there");
      }
      current.nextInBucket = entry.nextInBucket;
    }
    entry.nextInBucket = null;
    size--;
  }

  int size() {
    return size;
  }

  private void grow() {
    @Nullable KeyEntry[] old = buckets;
    bits++;
    buckets = new KeyEntry[1 << bits];
    for (KeyEntry first : old) {
      KeyEntry entry = first;
      while (entry != null) {
        KeyEntry next = entry.nextInBucket;
        link(entry);
        entry = next;
      }
    }
  }

  private void link(KeyEntry entry) {
    int bucket = bucket(entry.key);
    entry.nextInBucket = buckets[bucket];
    buckets[bucket] = entry;
  }

  private int bucket(EncodedKey key) {
    return key.hashCode() * GOLDEN_RATIO >>> (Integer.SIZE - bits);
  }
}
