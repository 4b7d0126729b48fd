package dev.lintel.state;

/**
 * The arithmetic of key groups: key → group → slot. A key group is a hash bucket of encoded keys,
 * {@code 0..maxParallelism-1}, and the unit in which state is redistributed; each slot owns a
 * contiguous range of them.
 */
public final class KeyGroups {
  private KeyGroups() {}

  /**
   * MurmurHash3 (x86, 32 bit, seed 0; Austin Appleby, public domain): stable for ever, as stored
   * state depends on it.
   */
  static int hash(byte[] bytes) {
    return hash(bytes, bytes.length);
  }

  /** The hash of the first {@code length} bytes. */
  static int hash(byte[] bytes, int length) {
    int h = 0;
    int whole = length & ~3;
    for (int i = 0; i < whole; i += 4) {
      int k =
          (bytes[i] & 0xff)
              | (bytes[i + 1] & 0xff) << 8
              | (bytes[i + 2] & 0xff) << 16
              | (bytes[i + 3] & 0xff) << 24;
      h = Integer.rotateLeft(h ^ mix(k), 13) * 5 + 0xe6546b64;
    }
    int tail = 0;
    for (int i = length - 1; i >= whole; i--) {
      tail = tail << 8 | (bytes[i] & 0xff);
    }
    h ^= mix(tail) ^ length;
    h = (h ^ h >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return h ^ h >>> 16;
  }

  private static int mix(int k) {
    return Integer.rotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593;
  }

  /** The group of a key. */
  public static int groupOf(EncodedKey key, int maxParallelism) {
    return Math.floorMod(key.hashCode(), maxParallelism);
  }

  /** The slot that owns a group; the inverse of {@link #rangeOf}. */
  public static int slotOf(int keyGroup, int maxParallelism, int parallelism) {
    return (int) ((long) keyGroup * parallelism / maxParallelism);
  }

  /**
   * The groups that a slot owns. The ranges of all slots cover {@code 0..maxParallelism-1} without
   * overlap.
   */
  public static KeyGroupRange rangeOf(int slot, int maxParallelism, int parallelism) {
    int first = (int) (((long) slot * maxParallelism + parallelism - 1) / parallelism);
    int end = (int) (((long) (slot + 1) * maxParallelism + parallelism - 1) / parallelism);
    return new KeyGroupRange(first, end);
  }
}
