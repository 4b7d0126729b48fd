package dev.lintel.runner.spill;

/**
 * Entries in unsigned byte order of their keys, in memory or on disk; immutable. Keys may come more
 * than once.
 *
 * <p><i>Threads:</i> any; each cursor belongs to one of them.
 */
public interface SortedEntries extends AutoCloseable {
  /** How many entries there are. */
  long size();

  /** Over all entries. */
  EntryCursor cursor();

  /** Over the entries from the first one whose key is not less than {@code key}. */
  EntryCursor cursorAt(byte[] key);

  /** Frees what is held, on disk or in memory; cursors fail from then on. */
  @Override
  void close();
}
