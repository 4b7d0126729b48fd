package dev.lintel.runner.spill;

import java.util.Arrays;

/**
 * Sorted entries in a file of their own. One that is indexed has the beginnings of the keys of some
 * of its entries in memory, one for every so many bytes, and not more than a limit: {@link
 * #cursorAt} reads from there, and otherwise from the beginning.
 */
public final class SortedRun implements SortedEntries {
  private final SpillFile file;
  private final long entries;
  private final byte[][] indexKeys;
  private final long[] indexOffsets;

  SortedRun(SpillFile file, long entries, byte[][] indexKeys, long[] indexOffsets) {
    this.file = file;
    this.entries = entries;
    this.indexKeys = indexKeys;
    this.indexOffsets = indexOffsets;
  }

  @Override
  public long size() {
    return entries;
  }

  /** The size of the file. */
  public long bytes() {
    return file.size();
  }

  @Override
  public RunCursor cursor() {
    return cursor(0, bytes());
  }

  /**
   * Over a part of the run.
   *
   * @param from offset of the first entry, as {@link RunCursor#entryOffset} told it
   * @param to offset behind the last entry
   */
  public RunCursor cursor(long from, long to) {
    return new RunCursor(file, from, to, RunCursor.BUFFER_BYTES);
  }

  @Override
  public EntryCursor cursorAt(byte[] key) {
    return cursorAt(key, RunCursor.BUFFER_BYTES);
  }

  /**
   * As {@link #cursorAt(byte[])}.
   *
   * @param bufferBytes how much is read at a time: for a look-up, little more than lies between two
   *     entries of the index
   */
  public EntryCursor cursorAt(byte[] key, int bufferBytes) {
    RunCursor cursor = new RunCursor(file, offsetBefore(key), bytes(), bufferBytes);
    while (cursor.next()) {
      if (Arrays.compareUnsigned(cursor.key(), key) >= 0) {
        cursor.again();
        return cursor;
      }
    }
    return cursor;
  }

  /**
   * The offset of the last indexed entry whose key is certainly less than {@code key}: that is so
   * where it is less within the bytes that the index keeps.
   */
  private long offsetBefore(byte[] key) {
    int length = Math.min(key.length, SortedRunWriter.INDEX_KEY_BYTES_MAX);
    int low = 0;
    int high = indexKeys.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      byte[] indexed = indexKeys[middle];
      if (Arrays.compareUnsigned(indexed, 0, indexed.length, key, 0, length) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? 0 : indexOffsets[low - 1];
  }

  /** Deletes the file. */
  @Override
  public void close() {
    file.close();
  }
}
