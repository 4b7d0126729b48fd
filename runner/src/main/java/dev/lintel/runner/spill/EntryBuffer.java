package dev.lintel.runner.spill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Entries in memory, one behind the other in large arrays: {@code key length:4 | value length:4 |
 * key | value}. Filled by one thread, then sorted, then read by any.
 */
final class EntryBuffer implements SortedEntries {
  private static final int CHUNK_BYTES_MIN = 4 << 10;
  private static final int CHUNK_BYTES_MAX = 1 << 20;
  private static final int HEADER_BYTES = 8;
  private static final int INSERTION_SORT_MAX = 8;

  private final List<byte[]> chunks = new ArrayList<>();
  private int chunkUsed;
  private long chunkBytes;

  /** For each entry the number of its chunk and the offset in it, 32 bits each. */
  private long[] places = new long[64];

  private int size;

  void add(byte[] key, byte[] value) {
    int length = Math.addExact(HEADER_BYTES, Math.addExact(key.length, value.length));
    if (chunks.isEmpty() || last().length - chunkUsed < length) {
      addChunk(length);
    }
    byte[] chunk = last();
    if (size == places.length) {
      places = Arrays.copyOf(places, size * 2);
    }
    places[size++] = (long) (chunks.size() - 1) << 32 | chunkUsed;
    putInt(chunk, chunkUsed, key.length);
    putInt(chunk, chunkUsed + 4, value.length);
    System.arraycopy(key, 0, chunk, chunkUsed + HEADER_BYTES, key.length);
    System.arraycopy(value, 0, chunk, chunkUsed + HEADER_BYTES + key.length, value.length);
    chunkUsed += length;
  }

  private byte[] last() {
    return chunks.get(chunks.size() - 1);
  }

  private void addChunk(int least) {
    int usual =
        (int) Math.min(CHUNK_BYTES_MAX, Math.max(CHUNK_BYTES_MIN, Long.highestOneBit(chunkBytes)));
    byte[] chunk = new byte[Math.max(usual, least)];
    chunks.add(chunk);
    chunkBytes += chunk.length;
    chunkUsed = 0;
  }

  /** The memory that is taken. */
  long memoryBytes() {
    return chunkBytes + (long) places.length * Long.BYTES;
  }

  /** Sorts by key; entries with equal keys stay in the order of their adding. */
  void sort() {
    places = Arrays.copyOf(places, size);
    sort(places.clone(), places, 0, size);
  }

  /** Sorts {@code into} between two indices; {@code from} holds the same there, and is used up. */
  private void sort(long[] from, long[] into, int start, int end) {
    if (end - start <= INSERTION_SORT_MAX) {
      insertionSort(into, start, end);
      return;
    }
    int middle = (start + end) >>> 1;
    sort(into, from, start, middle);
    sort(into, from, middle, end);
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean takeLeft =
          right == end || (left < middle && compareKeys(from[left], from[right]) <= 0);
      into[i] = takeLeft ? from[left++] : from[right++];
    }
  }

  private void insertionSort(long[] array, int start, int end) {
    for (int i = start + 1; i < end; i++) {
      long moving = array[i];
      int at = i;
      while (at > start && compareKeys(array[at - 1], moving) > 0) {
        array[at] = array[at - 1];
        at--;
      }
      array[at] = moving;
    }
  }

  private int compareKeys(long one, long other) {
    byte[] oneChunk = chunk(one);
    byte[] otherChunk = chunk(other);
    int oneAt = (int) one;
    int otherAt = (int) other;
    int oneKey = oneAt + HEADER_BYTES;
    int otherKey = otherAt + HEADER_BYTES;
    return Arrays.compareUnsigned(
        oneChunk,
        oneKey,
        oneKey + getInt(oneChunk, oneAt),
        otherChunk,
        otherKey,
        otherKey + getInt(otherChunk, otherAt));
  }

  private byte[] chunk(long place) {
    return chunks.get((int) (place >>> 32));
  }

  private static void putInt(byte[] array, int at, int value) {
    array[at] = (byte) (value >>> 24);
    array[at + 1] = (byte) (value >>> 16);
    array[at + 2] = (byte) (value >>> 8);
    array[at + 3] = (byte) value;
  }

  private static int getInt(byte[] array, int at) {
    return array[at] << 24
        | (array[at + 1] & 0xff) << 16
        | (array[at + 2] & 0xff) << 8
        | (array[at + 3] & 0xff);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public EntryCursor cursor() {
    return new Cursor(0);
  }

  @Override
  public EntryCursor cursorAt(byte[] key) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      byte[] chunk = chunk(places[middle]);
      int at = (int) places[middle];
      int keyAt = at + HEADER_BYTES;
      if (Arrays.compareUnsigned(chunk, keyAt, keyAt + getInt(chunk, at), key, 0, key.length) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return new Cursor(low);
  }

  @Override
  public void close() {
    chunks.clear();
    places = new long[0];
    size = 0;
  }

  private final class Cursor implements EntryCursor {
    private int next;
    private byte[] chunk = new byte[0];
    private byte[] key = new byte[0];
    private int at;

    Cursor(int next) {
      this.next = next;
    }

    @Override
    public boolean next() {
      if (next == size) {
        return false;
      }
      chunk = chunk(places[next]);
      at = (int) places[next];
      int keyAt = at + HEADER_BYTES;
      key = Arrays.copyOfRange(chunk, keyAt, keyAt + getInt(chunk, at));
      next++;
      return true;
    }

    @Override
    public byte[] key() {
      return key;
    }

    @Override
    public int valueLength() {
      return getInt(chunk, at + 4);
    }

    @Override
    public byte[] value() {
      int valueAt = at + HEADER_BYTES + key.length;
      return Arrays.copyOfRange(chunk, valueAt, valueAt + valueLength());
    }
  }
}
