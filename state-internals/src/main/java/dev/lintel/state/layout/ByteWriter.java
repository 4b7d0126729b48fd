package dev.lintel.state.layout;

import java.io.OutputStream;
import java.util.Arrays;

/**
 * A growing byte array that keys and values are written into, by hand or by a coder, and that is
 * used again after {@link #reset}. Whoever owns it reads {@link #array()} up to {@link #size()}.
 *
 * <p>All numbers are big-endian, so that unsigned byte order is their order; signed numbers that
 * must keep order are written with {@link #orderedLong}.
 */
public final class ByteWriter extends OutputStream {
  private static final int INITIAL_BYTES = 64;

  /**
   * A buffer above this size is given back when it is reset, so that one large value costs once.
   */
  private static final int KEPT_BYTES_MAX = 1 << 20;

  private byte[] array = new byte[INITIAL_BYTES];
  private int size;

  /** Empties the writer. */
  public ByteWriter reset() {
    if (array.length > KEPT_BYTES_MAX) {
      array = new byte[INITIAL_BYTES];
    }
    size = 0;
    return this;
  }

  /** Forgets everything after the first {@code newSize} bytes. */
  public ByteWriter truncate(int newSize) {
    if (newSize < 0 || newSize > size) {
      throw new IllegalArgumentException(
          "Expected a size of 0 to " + size + " bytes to cut to, but it is " + newSize);
    }
    size = newSize;
    return this;
  }

  public int size() {
    return size;
  }

  /** The bytes written so far and room behind them; valid until the next write. */
  public byte[] array() {
    return array;
  }

  /** A copy of the bytes written so far. */
  public byte[] toBytes() {
    return Arrays.copyOf(array, size);
  }

  @Override
  public void write(int value) {
    room(1);
    array[size++] = (byte) value;
  }

  @Override
  public void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    room(length);
    System.arraycopy(bytes, offset, array, size, length);
    size += length;
  }

  public ByteWriter bytes(byte[] bytes) {
    write(bytes, 0, bytes.length);
    return this;
  }

  public ByteWriter bytes(ByteWriter other) {
    write(other.array, 0, other.size);
    return this;
  }

  /** The low 16 bits of {@code value}. */
  public ByteWriter fixed16(int value) {
    room(2);
    array[size++] = (byte) (value >>> 8);
    array[size++] = (byte) value;
    return this;
  }

  public ByteWriter fixed32(int value) {
    fixed16(value >>> 16);
    return fixed16(value);
  }

  public ByteWriter fixed64(long value) {
    fixed32((int) (value >>> 32));
    return fixed32((int) value);
  }

  /** A signed number whose bytes sort as the number does: the sign bit is flipped. */
  public ByteWriter orderedLong(long value) {
    return fixed64(value ^ Long.MIN_VALUE);
  }

  /** Seven bits a byte, low bits first (LEB128), of {@code value} taken as unsigned. */
  public ByteWriter varint(int value) {
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      write(rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    write(rest);
    return this;
  }

  /** The length, then the bytes: no result is a prefix of another one. */
  public ByteWriter lengthPrefixed(byte[] bytes) {
    return varint(bytes.length).bytes(bytes);
  }

  /** As {@link #lengthPrefixed(byte[])} for the content of another writer. */
  public ByteWriter lengthPrefixed(ByteWriter other) {
    return varint(other.size).bytes(other);
  }

  /** Writes {@code value} over the four bytes at {@code position}. */
  public void setFixed32(int position, int value) {
    array[position] = (byte) (value >>> 24);
    array[position + 1] = (byte) (value >>> 16);
    array[position + 2] = (byte) (value >>> 8);
    array[position + 3] = (byte) value;
  }

  private void room(int more) {
    int needed = size + more;
    if (needed < 0) {
      throw new IllegalStateException(
          "Expected a stored key or value of less than 2 GiB, but "
              + more
              + " more bytes go beyond it: keep large values in a bag, map or ordered list");
    }
    if (needed > array.length) {
      array =
          Arrays.copyOf(
              array, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, array.length * 2L)));
    }
  }
}
