package dev.lintel.state;

import dev.lintel.state.layout.ByteWriter;
import java.util.Arrays;

/**
 * A key as the bytes that its coder gave, with their hash: computed once, at the exchange, and
 * carried with the element from there on. It decides the key group, addresses state and timers, and
 * is what is compared.
 *
 * <p>Immutable: the array that is handed in is owned by this object from then on, and readers of
 * {@link #bytes()} must not write to it.
 */
public final class EncodedKey {
  /** The key of operators that keep state without a key of the user's: zero bytes. */
  public static final EncodedKey EMPTY = new EncodedKey(new byte[0]);

  /** A key of at most so many bytes is compared without looking at its array. */
  private static final int HEAD_BYTES = Long.BYTES - 1;

  private final byte[] bytes;
  private final int hash;

  /**
   * The length, at most {@value #HEAD_BYTES} + 1, in the highest byte, and below it the first
   * bytes: all there is to know of a short key.
   */
  private final long head;

  public EncodedKey(byte[] bytes) {
    this.bytes = bytes;
    this.hash = KeyGroups.hash(bytes);
    this.head = head(bytes);
  }

  private static long head(byte[] bytes) {
    int length = Math.min(bytes.length, HEAD_BYTES);
    long head = Math.min(bytes.length, HEAD_BYTES + 1);
    for (int i = 0; i < length; i++) {
      head = head << Byte.SIZE | (bytes[i] & 0xff);
    }
    return head << Byte.SIZE * (HEAD_BYTES - length);
  }

  /** The hash that the key of these bytes has. */
  public static int hash(ByteWriter encoded) {
    return KeyGroups.hash(encoded.array(), encoded.size());
  }

  /** Whether this is the key of these bytes. */
  public boolean isOf(ByteWriter encoded) {
    return Arrays.equals(bytes, 0, bytes.length, encoded.array(), 0, encoded.size());
  }

  /** The encoded key; not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * A well-mixed 32-bit hash of the bytes, the same in every process and version: key groups are
   * made from it.
   */
  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof EncodedKey that && isSame(that));
  }

  /** As {@link #equals}: looking up a key's state is looking at as little memory as possible. */
  boolean isSame(EncodedKey that) {
    return head == that.head
        && hash == that.hash
        && (isWhole(head) || Arrays.equals(bytes, that.bytes));
  }

  /** Two keys with different heads are different ones. */
  long head() {
    return head;
  }

  /** Whether two keys that both have this head are the same one. */
  static boolean isWhole(long head) {
    return head >>> Byte.SIZE * HEAD_BYTES <= HEAD_BYTES;
  }

  @Override
  public String toString() {
    return "key[" + bytes.length + " bytes, hash " + Integer.toHexString(hash) + "]";
  }
}
