package dev.lintel.state;

/**
 * A structure of a task that keeps some of what it knows in memory, and writes it to the task's
 * store when it is told to: the cache of cells, timers, indexes. <i>Ownership:</i> the task's
 * thread.
 */
public interface StoredPart {
  /** Writes all that the store doesn't know; the store alone has everything then. */
  void flush();

  /**
   * Writes some of it, as part of one pass over what there was when the pass began. Begins a pass
   * if none is under way.
   *
   * @param entriesMax how much may be written: a key's cells, or a timer, counts one
   * @return whether something of the pass is left
   */
  boolean flushSome(int entriesMax);

  /** How much {@link #flush} would write, in the same measure. */
  int unwritten();
}
