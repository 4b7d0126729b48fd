package dev.lintel.state.layout;

import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads what {@link ByteWriter} wrote; also the stream that a coder decodes from.
 *
 * <p><i>Failure:</i> the typed reads throw {@link IllegalArgumentException} where bytes are missing
 * or malformed; the stream reads answer -1 at the end, as streams do.
 */
public final class ByteReader extends InputStream {
  private final byte[] array;
  private final int end;
  private int position;

  public ByteReader(byte[] array) {
    this(array, 0, array.length);
  }

  public ByteReader(byte[] array, int offset, int length) {
    this.array = array;
    this.position = offset;
    this.end = offset + length;
  }

  /** How many bytes are left. */
  public int remaining() {
    return end - position;
  }

  @Override
  public int available() {
    return remaining();
  }

  @Override
  public int read() {
    return position == end ? -1 : array[position++] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    if (length == 0) {
      return 0;
    }
    if (position == end) {
      return -1;
    }
    int count = Math.min(length, end - position);
    System.arraycopy(array, position, into, offset, count);
    position += count;
    return count;
  }

  @Override
  public long skip(long count) {
    int skipped = (int) Math.max(0, Math.min(count, remaining()));
    position += skipped;
    return skipped;
  }

  public int fixed16() {
    need(2);
    return (array[position++] & 0xff) << 8 | array[position++] & 0xff;
  }

  public int fixed32() {
    need(4);
    return fixed16() << 16 | fixed16();
  }

  public long fixed64() {
    need(8);
    return (long) fixed32() << 32 | fixed32() & 0xffffffffL;
  }

  public long orderedLong() {
    return fixed64() ^ Long.MIN_VALUE;
  }

  public int varint() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      need(1);
      int next = array[position++];
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "Expected a number of at most 5 bytes, but it goes on (byte " + position + ")");
  }

  public byte[] lengthPrefixed() {
    int length = varint();
    if (length < 0) {
      throw new IllegalArgumentException(
          "Expected a length of 0 or more, but it is " + length + " (byte " + position + ")");
    }
    return take(length);
  }

  /** The rest of the bytes. */
  public byte[] rest() {
    return take(remaining());
  }

  private byte[] take(int length) {
    need(length);
    byte[] bytes = Arrays.copyOfRange(array, position, position + length);
    position += length;
    return bytes;
  }

  private void need(int count) {
    if (remaining() < count) {
      throw new IllegalArgumentException(
          "Expected "
              + count
              + " more bytes, but "
              + remaining()
              + " are left (byte "
              + position
              + " of "
              + end
              + ")");
    }
  }
}
