package dev.lintel.runner.spill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a {@link SortedRun}: {@code key length | value length | key | value} for each entry,
 * lengths in seven bits a byte, low bits first.
 *
 * <p><i>Ownership:</i> one thread. <i>Failure:</i> {@link SpillException}; the file then goes with
 * its directory.
 */
public final class SortedRunWriter {
  /** The first entry after so many bytes is in the index, as long as that is not full. */
  static final int INDEX_BYTES = 16 << 10;

  /** A full index loses every second entry; from then on it takes half as many. */
  static final int INDEX_ENTRIES_MAX = 1 << 16;

  /** The index keeps so much of a key. */
  static final int INDEX_KEY_BYTES_MAX = 256;

  private static final int BUFFER_BYTES = 64 << 10;
  private static final int LENGTH_BYTES_MAX = 5;

  private final SpillFile file;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;
  private List<byte[]> indexKeys = new ArrayList<>();
  private List<Long> indexOffsets = new ArrayList<>();
  private final int indexEntriesMax;
  private long indexEveryBytes;
  private long nextIndexed;
  private byte[] lastKey = new byte[0];
  private int lastKeyLength;
  private long entries;

  /**
   * @param indexed whether the run will be read from keys in its midst, which takes an index in
   *     memory
   */
  public SortedRunWriter(SpillDirectory directory, boolean indexed) {
    this(directory, INDEX_BYTES, INDEX_ENTRIES_MAX);
    nextIndexed = indexed ? 0 : Long.MAX_VALUE;
  }

  /**
   * For a run in which single keys are looked up.
   *
   * @param indexBytes the first entry after so many bytes is in the index: the less, the less a
   *     look-up reads
   * @param indexEntriesMax as long as there are not more
   */
  public SortedRunWriter(SpillDirectory directory, int indexBytes, int indexEntriesMax) {
    file = directory.create();
    indexEveryBytes = indexBytes;
    this.indexEntriesMax = indexEntriesMax;
  }

  public void append(byte[] key, byte[] value) {
    append(key, key.length, value, value.length);
  }

  /**
   * Writes an entry whose key is not less than the one before.
   *
   * @param keyLength so many of the first bytes of {@code key} are the key
   */
  public void append(byte[] key, int keyLength, byte[] value, int valueLength) {
    if (Arrays.compareUnsigned(lastKey, 0, lastKeyLength, key, 0, keyLength) > 0) {
      throw new IllegalArgumentException(
          "Expected a key not less than "
              + Arrays.toString(Arrays.copyOf(lastKey, lastKeyLength))
              + ", but it is "
              + Arrays.toString(Arrays.copyOf(key, keyLength)));
    }
    remember(key, keyLength);
    long offset = position();
    if (offset >= nextIndexed) {
      index(key, keyLength, offset);
    }
    writeLength(keyLength);
    writeLength(valueLength);
    write(key, keyLength);
    write(value, valueLength);
    entries++;
  }

  private void index(byte[] key, int keyLength, long offset) {
    if (indexKeys.size() == indexEntriesMax) {
      indexKeys = everySecond(indexKeys);
      indexOffsets = everySecond(indexOffsets);
      indexEveryBytes *= 2;
    }
    indexKeys.add(Arrays.copyOf(key, Math.min(keyLength, INDEX_KEY_BYTES_MAX)));
    indexOffsets.add(offset);
    nextIndexed = offset + indexEveryBytes;
  }

  private static <T> List<T> everySecond(List<T> all) {
    List<T> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i += 2) {
      kept.add(all.get(i));
    }
    return kept;
  }

  private void remember(byte[] key, int length) {
    if (lastKey.length < length) {
      lastKey = new byte[Math.max(length, 64)];
    }
    System.arraycopy(key, 0, lastKey, 0, length);
    lastKeyLength = length;
  }

  /** Where the next entry will be in the run. */
  public long position() {
    return file.size() + buffered;
  }

  private void writeLength(int length) {
    if (buffer.length - buffered < LENGTH_BYTES_MAX) {
      flush();
    }
    int rest = length;
    while (rest > 0x7f) {
      buffer[buffered++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    buffer[buffered++] = (byte) rest;
  }

  private void write(byte[] bytes, int length) {
    if (length > buffer.length - buffered) {
      flush();
      if (length > buffer.length) {
        file.append(bytes, 0, length);
        return;
      }
    }
    System.arraycopy(bytes, 0, buffer, buffered, length);
    buffered += length;
  }

  private void flush() {
    file.append(buffer, 0, buffered);
    buffered = 0;
  }

  /** The run with all that was appended. Nothing can be appended any more. */
  public SortedRun finish() {
    flush();
    long[] offsets = indexOffsets.stream().mapToLong(Long::longValue).toArray();
    return new SortedRun(file, entries, indexKeys.toArray(byte[][]::new), offsets);
  }
}
