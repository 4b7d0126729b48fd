package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import java.util.Arrays;

/**
 * Entries one behind the other in an array, each known by where it begins:
 *
 * <pre>
 * flags:1 | key length:2 | capacity:2 | value length:2 | key | value, up to the capacity
 * </pre>
 *
 * <p>A value that is absent is one, of length {@link #ABSENT}, which is stored as 0xffff: no value
 * is that long here.
 */
final class PackedSegment {
  /** The length of what was deleted: that of no value. */
  static final int ABSENT = -1;

  private static final int KEY_LENGTH = 1;
  private static final int CAPACITY = 3;
  private static final int VALUE_LENGTH = 5;
  private static final int HEADER_BYTES = 7;

  /** Capacities are a multiple of it and more than the value: counts grow. */
  private static final int SLACK = 4;

  private static final byte DIRTY = 1;
  private static final byte DEAD = 2;
  private static final int ARRAY_HEADER_BYTES = 16;

  /** The number of this segment among all. */
  final int index;

  private final byte[] array;
  private int used;
  private int unwritten;

  PackedSegment(int index, int bytes) {
    this.index = index;
    this.array = new byte[bytes];
  }

  /** The room that an entry takes at most. */
  static int bytes(int keyLength, int valueLength) {
    return HEADER_BYTES + keyLength + room(valueLength) + SLACK;
  }

  private static int room(int valueLength) {
    return Math.max(0, valueLength);
  }

  /** The memory that the segment takes. */
  long heapBytes() {
    return (long) array.length + ARRAY_HEADER_BYTES;
  }

  boolean hasRoom(int bytes) {
    return used + bytes <= array.length;
  }

  /** How many entries are dirty. */
  int unwritten() {
    return unwritten;
  }

  /** Adds an entry behind the others, for which there is room; returns where it begins. */
  int append(ByteWriter key, byte[] value, int length) {
    int entry = used;
    array[entry] = 0;
    setFixed16(entry + KEY_LENGTH, key.size());
    setFixed16(entry + CAPACITY, room(length) + SLACK & -SLACK);
    System.arraycopy(key.array(), 0, array, entry + HEADER_BYTES, key.size());
    setValue(entry, value, length);
    used = next(entry);
    return entry;
  }

  /** Gives an entry another value, if there is room for it. */
  boolean change(int entry, byte[] value, int length) {
    if (room(length) > fixed16(entry + CAPACITY)) {
      return false;
    }
    setValue(entry, value, length);
    return true;
  }

  private void setValue(int entry, byte[] value, int length) {
    setFixed16(entry + VALUE_LENGTH, length);
    System.arraycopy(value, 0, array, valueAt(entry), room(length));
  }

  boolean isOf(int entry, ByteWriter key) {
    int from = entry + HEADER_BYTES;
    return keyLength(entry) == key.size()
        && Arrays.equals(array, from, from + key.size(), key.array(), 0, key.size());
  }

  /** The length of the value, or {@link #ABSENT}. */
  int valueLength(int entry) {
    int length = fixed16(entry + VALUE_LENGTH);
    return length == (ABSENT & 0xffff) ? ABSENT : length;
  }

  /** The value; valid until the segment is changed. */
  ByteReader value(int entry) {
    return new ByteReader(array, valueAt(entry), valueLength(entry));
  }

  ByteWriter copyKey(int entry, ByteWriter to) {
    to.reset().write(array, entry + HEADER_BYTES, keyLength(entry));
    return to;
  }

  ByteWriter copyValue(int entry, ByteWriter to) {
    to.reset().write(array, valueAt(entry), valueLength(entry));
    return to;
  }

  boolean isDirty(int entry) {
    return (array[entry] & DIRTY) != 0;
  }

  void markDirty(int entry) {
    if (!isDirty(entry)) {
      array[entry] |= DIRTY;
      unwritten++;
    }
  }

  void markClean(int entry) {
    if (isDirty(entry)) {
      array[entry] &= ~DIRTY;
      unwritten--;
    }
  }

  boolean isDead(int entry) {
    return (array[entry] & DEAD) != 0;
  }

  /** Nobody looks for the entry any more. */
  void kill(int entry) {
    markClean(entry);
    array[entry] |= DEAD;
  }

  /** Where the entries end. */
  int end() {
    return used;
  }

  /** Where the next entry begins, or {@link #end}. */
  int next(int entry) {
    return valueAt(entry) + fixed16(entry + CAPACITY);
  }

  /** Drops all entries, none of which is dirty. */
  void clear() {
    used = 0;
  }

  private int keyLength(int entry) {
    return fixed16(entry + KEY_LENGTH);
  }

  private int valueAt(int entry) {
    return entry + HEADER_BYTES + keyLength(entry);
  }

  private int fixed16(int offset) {
    return (array[offset] & 0xff) << Byte.SIZE | (array[offset + 1] & 0xff);
  }

  private void setFixed16(int offset, int value) {
    array[offset] = (byte) (value >>> Byte.SIZE);
    array[offset + 1] = (byte) value;
  }
}
