package dev.lintel.state;

import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.LengthPrefixed;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A key as the bytes that its coder gave, with their hash: computed once, at the exchange, and
 * carried with the element from there on. It decides the key group, addresses state and timers, and
 * is what is compared.
 *
 * <p>Immutable. Most keys are short, and every element has one: a key of up to {@value #HEAD_BYTES}
 * bytes is a number here, and has no array.
 */
public final class EncodedKey implements LengthPrefixed {
  /** The key of operators that keep state without a key of the user's: zero bytes. */
  public static final EncodedKey EMPTY = new EncodedKey(new byte[0]);

  /** The order of the bytes, taken as unsigned; a key is less than those that it begins. */
  public static final Comparator<EncodedKey> BY_BYTES = EncodedKey::compareBytes;

  /** The order of the lengths, and of the bytes where they are the same: cells are stored so. */
  public static final Comparator<EncodedKey> BY_LENGTH =
      Comparator.comparingInt(EncodedKey::length).thenComparing(BY_BYTES);

  private static final int HEAD_BYTES = Long.BYTES - 1;
  private static final int LENGTH_SHIFT = Byte.SIZE * HEAD_BYTES;

  private final int hash;

  /**
   * The length, at most {@value #HEAD_BYTES} + 1, in the highest byte, and below it the first
   * bytes: all there is to know of a short key.
   */
  private final long head;

  /** All bytes of a key that is longer than its head. */
  private final byte @Nullable [] longBytes;

  /** The key of these bytes, which are not changed any more. */
  public EncodedKey(byte[] bytes) {
    this(
        head(bytes, bytes.length), bytes.length > HEAD_BYTES ? bytes : null, KeyGroups.hash(bytes));
  }

  private EncodedKey(long head, byte @Nullable [] longBytes, int hash) {
    this.head = head;
    this.longBytes = longBytes;
    this.hash = hash;
  }

  /** The key of the bytes that have been written. */
  public static EncodedKey of(ByteWriter encoded) {
    int length = encoded.size();
    return new EncodedKey(
        head(encoded.array(), length),
        length > HEAD_BYTES ? encoded.toBytes() : null,
        hash(encoded));
  }

  /** The key that has given {@link #head}, {@link #longBytes} and {@link #hashCode}. */
  public static EncodedKey of(long head, byte @Nullable [] longBytes, int hash) {
    return new EncodedKey(head, longBytes, hash);
  }

  private static long head(byte[] bytes, int length) {
    int taken = Math.min(length, HEAD_BYTES);
    long head = Math.min(length, HEAD_BYTES + 1);
    for (int i = 0; i < taken; i++) {
      head = head << Byte.SIZE | (bytes[i] & 0xff);
    }
    return head << Byte.SIZE * (HEAD_BYTES - taken);
  }

  /** The hash that the key of these bytes has. */
  public static int hash(ByteWriter encoded) {
    return KeyGroups.hash(encoded.array(), encoded.size());
  }

  /** Whether this is the key of these bytes. */
  public boolean isOf(ByteWriter encoded) {
    int size = encoded.size();
    return head == head(encoded.array(), size)
        && (longBytes == null
            || Arrays.equals(longBytes, 0, longBytes.length, encoded.array(), 0, size));
  }

  /** How many bytes the key has. */
  public int length() {
    return longBytes == null ? (int) (head >>> LENGTH_SHIFT) : longBytes.length;
  }

  /** The encoded key; not to be changed. */
  public byte[] bytes() {
    if (longBytes != null) {
      return longBytes;
    }
    byte[] bytes = new byte[length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = headByte(i);
    }
    return bytes;
  }

  private byte headByte(int place) {
    return (byte) (head >>> Byte.SIZE * (HEAD_BYTES - 1 - place));
  }

  @Override
  public ByteWriter writeTo(ByteWriter out) {
    if (longBytes != null) {
      return out.lengthPrefixed(longBytes);
    }
    int length = length();
    out.varint(length);
    for (int i = 0; i < length; i++) {
      out.write(headByte(i));
    }
    return out;
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
        && (longBytes == null || Arrays.equals(longBytes, that.longBytes));
  }

  private static int compareBytes(EncodedKey one, EncodedKey other) {
    if (one.longBytes != null && other.longBytes != null) {
      return Arrays.compareUnsigned(one.longBytes, other.longBytes);
    }
    int order = Long.compareUnsigned(one.head << Byte.SIZE, other.head << Byte.SIZE);
    return order != 0 ? order : Integer.compare(one.length(), other.length());
  }

  /** A key of up to seven bytes as a number; two keys with different heads are different ones. */
  public long head() {
    return head;
  }

  /** The bytes of a key whose head does not tell them all; not to be changed. */
  public byte @Nullable [] longBytes() {
    return longBytes;
  }

  @Override
  public String toString() {
    return "key[" + length() + " bytes, hash " + Integer.toHexString(hash) + "]";
  }
}
