package dev.lintel.runner.grouping;

import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/** What has come together for one key in one window. */
public final class Group {
  final byte[] key;
  final int keyHash;

  /** Of key and window. */
  final int hash;

  /** A session grows with its elements. */
  BoundedWindow window;

  /** The timestamps of its values, combined; without meaning if only the window decides. */
  long timestampMillis;

  @Nullable Object accumulator;

  Group(byte[] key, int keyHash, int hash, BoundedWindow window) {
    this.key = key;
    this.keyHash = keyHash;
    this.hash = hash;
    this.window = window;
  }

  /** The same key in another window. */
  Group in(BoundedWindow other) {
    return new Group(key, keyHash, 0, other);
  }

  /** The encoded key; not a copy. */
  public byte[] key() {
    return key;
  }

  public BoundedWindow window() {
    return window;
  }
}
