package dev.lintel.state.store;

import dev.lintel.state.layout.ByteWriter;
import java.util.Arrays;

/**
 * Where the records of a batch are in its bytes, and their order by key: what is written in order
 * finds its place in RocksDB's memtable next to the record before, in memory that is still near.
 *
 * <p>The sort is stable, by merging: of two records of one key the later one wins.
 */
final class RecordOrder {
  private static final int FIRST_CAPACITY = 64;
  private static final int INSERTION_MAX = 8;

  private int[] starts = new int[FIRST_CAPACITY];
  private int[] keyStarts = new int[FIRST_CAPACITY];
  private int[] keyEnds = new int[FIRST_CAPACITY];
  private int size;

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  /** Notes the next record; its end is the start of the one after it. */
  void add(int start, int keyStart, int keyEnd) {
    if (size == starts.length) {
      int capacity = size * 2;
      starts = Arrays.copyOf(starts, capacity);
      keyStarts = Arrays.copyOf(keyStarts, capacity);
      keyEnds = Arrays.copyOf(keyEnds, capacity);
    }
    starts[size] = start;
    keyStarts[size] = keyStart;
    keyEnds[size] = keyEnd;
    size++;
  }

  /**
   * Appends the records, which are all of {@code from} behind its header, to {@code to} in order.
   */
  void copySorted(ByteWriter from, ByteWriter to) {
    byte[] bytes = from.array();
    for (int record : sorted(bytes)) {
      int end = record + 1 < size ? starts[record + 1] : from.size();
      to.write(bytes, starts[record], end - starts[record]);
    }
  }

  private int[] sorted(byte[] bytes) {
    int[] order = new int[size];
    for (int from = 0; from < size; from += INSERTION_MAX) {
      insertionSort(bytes, order, from, Math.min(from + INSERTION_MAX, size));
    }
    int[] other = new int[size];
    for (long width = INSERTION_MAX; width < size; width *= 2) {
      for (long from = 0; from < size; from += 2 * width) {
        int middle = (int) Math.min(from + width, size);
        merge(bytes, order, other, (int) from, middle, (int) Math.min(from + 2 * width, size));
      }
      int[] swapped = order;
      order = other;
      other = swapped;
    }
    return order;
  }

  private void insertionSort(byte[] bytes, int[] order, int from, int end) {
    for (int next = from; next < end; next++) {
      int hole = next;
      while (hole > from && compare(bytes, order[hole - 1], next) > 0) {
        order[hole] = order[hole - 1];
        hole--;
      }
      order[hole] = next;
    }
  }

  private void merge(byte[] bytes, int[] from, int[] to, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int place = start; place < end; place++) {
      boolean takesLeft =
          right == end || (left < middle && compare(bytes, from[left], from[right]) <= 0);
      to[place] = takesLeft ? from[left++] : from[right++];
    }
  }

  private int compare(byte[] bytes, int a, int b) {
    return Arrays.compareUnsigned(bytes, keyStarts[a], keyEnds[a], bytes, keyStarts[b], keyEnds[b]);
  }
}
