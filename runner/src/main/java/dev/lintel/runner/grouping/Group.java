package dev.lintel.runner.grouping;

import dev.lintel.state.EncodedKey;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/** What has come together for one key in one window. */
public final class Group {
  private static final int ARRAY_HEADER_BYTES = 16;

  final int keyHash;

  /** Of key and window. */
  final int hash;

  /** A session grows with its elements. */
  BoundedWindow window;

  /** The timestamps of its values, combined; without meaning if only the window decides. */
  long timestampMillis;

  @Nullable Object accumulator;

  /** The parts of the key: an element's own would be one more object for each group. */
  private final long keyHead;

  private final byte @Nullable [] longKey;

  Group(EncodedKey key, int hash, BoundedWindow window) {
    this.keyHash = key.hashCode();
    this.keyHead = key.head();
    this.longKey = key.longBytes();
    this.hash = hash;
    this.window = window;
  }

  /** The same key in another window. */
  Group in(BoundedWindow other) {
    return new Group(key(), 0, other);
  }

  public EncodedKey key() {
    return EncodedKey.of(keyHead, longKey, keyHash);
  }

  /** Whether it is the key of this group. */
  boolean isOf(EncodedKey key) {
    return keyHead == key.head() && (longKey == null || Arrays.equals(longKey, key.longBytes()));
  }

  /** How many bytes of memory the key takes beside the group itself. */
  int keyBytes() {
    return longKey == null ? 0 : ARRAY_HEADER_BYTES + longKey.length;
  }

  public BoundedWindow window() {
    return window;
  }
}
