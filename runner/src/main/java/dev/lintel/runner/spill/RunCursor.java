package dev.lintel.runner.spill;

import java.util.Arrays;

/** Walks over a part of a {@link SortedRun} with a buffer of its own. */
public final class RunCursor implements EntryCursor {
  private static final int BUFFER_BYTES = 32 << 10;
  private static final int HEADER_BYTES_MAX = 10;
  private static final byte[] NONE = new byte[0];

  private final SpillFile file;
  private final long end;
  private byte[] buffer;

  /** Offset in the file of the buffer's first byte. */
  private long bufferOffset;

  private int position;
  private int limit;
  private long entryOffset;
  private byte[] key = NONE;
  private long valueOffset;
  private int valueLength;
  private boolean again;

  RunCursor(SpillFile file, long from, long to) {
    this.file = file;
    this.end = to;
    this.buffer = new byte[(int) Math.min(BUFFER_BYTES, to - from)];
    this.bufferOffset = from;
    this.valueOffset = from;
    this.entryOffset = from;
  }

  @Override
  public boolean next() {
    if (again) {
      again = false;
      return true;
    }
    long start = valueOffset + valueLength;
    if (start >= end) {
      return false;
    }
    entryOffset = start;
    seek(start);
    need((int) Math.min(HEADER_BYTES_MAX, end - start));
    int keyLength = length();
    valueLength = length();
    need(keyLength);
    key = Arrays.copyOfRange(buffer, position, position + keyLength);
    position += keyLength;
    valueOffset = bufferOffset + position;
    return true;
  }

  /** The next call of {@link #next} stays at the current entry. */
  void again() {
    again = true;
  }

  /** The offset of the current entry in its run. */
  public long entryOffset() {
    return entryOffset;
  }

  /** The offset behind the current entry. */
  public long entryEnd() {
    return valueOffset + valueLength;
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int valueLength() {
    return valueLength;
  }

  @Override
  public byte[] value() {
    byte[] value = new byte[valueLength];
    int at = (int) (valueOffset - bufferOffset);
    if ((long) at + valueLength > limit && valueLength <= buffer.length) {
      seek(valueOffset);
      need(valueLength);
      at = (int) (valueOffset - bufferOffset);
    }
    int buffered = Math.min(valueLength, limit - at);
    System.arraycopy(buffer, at, value, 0, buffered);
    file.read(valueOffset + buffered, value, buffered, valueLength - buffered);
    return value;
  }

  /** Moves to an offset that is not before the buffer. */
  private void seek(long offset) {
    if (offset <= bufferOffset + limit) {
      position = (int) (offset - bufferOffset);
    } else {
      bufferOffset = offset;
      position = 0;
      limit = 0;
    }
  }

  /** Has so many bytes in the buffer behind the position. */
  private void need(int count) {
    if (limit - position >= count) {
      return;
    }
    int left = limit - position;
    byte[] into = count > buffer.length ? new byte[count] : buffer;
    System.arraycopy(buffer, position, into, 0, left);
    bufferOffset += position;
    position = 0;
    buffer = into;
    int more = (int) Math.min(buffer.length - left, end - bufferOffset - left);
    file.read(bufferOffset + left, buffer, left, more);
    limit = left + more;
  }

  private int length() {
    int value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = buffer[position++];
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
