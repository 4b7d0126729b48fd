package dev.lintel.runner.grouping;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The values of a group in memory. Grows while its group is gathered, and does not change any more
 * once it has been put out.
 */
final class ValueList extends AbstractList<@Nullable Object> implements RandomAccess {
  private static final int CAPACITY_FIRST = 2;

  /** Object, array header, and the first references. */
  static final int HEAP_BYTES = 24 + 16 + 8;

  private @Nullable Object[] values = new Object[CAPACITY_FIRST];
  private int size;

  /** Adds a value; returns how many bytes the list has grown by, without the value. */
  int append(@Nullable Object value) {
    int grownBy = 0;
    if (size == values.length) {
      int capacity = size < 16 ? size * 2 : Math.addExact(size, size >> 1);
      grownBy = (capacity - size) * 4;
      values = Arrays.copyOf(values, capacity);
    }
    values[size++] = value;
    return grownBy;
  }

  /** Reads what {@link #append} is going to read; see {@link GroupTable#preload}. */
  int preload() {
    return values.length + size;
  }

  void appendAll(ValueList other) {
    for (int i = 0; i < other.size; i++) {
      append(other.values[i]);
    }
  }

  @Override
  public @Nullable Object get(int index) {
    return values[Objects.checkIndex(index, size)];
  }

  @Override
  public int size() {
    return size;
  }
}
