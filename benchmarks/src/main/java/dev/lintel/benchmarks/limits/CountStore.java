package dev.lintel.benchmarks.limits;

/**
 * Where a loop keeps a number for each key: a read and a write for each element, as state is used.
 *
 * <p><i>Ownership:</i> one thread.
 */
interface CountStore extends AutoCloseable {
  /** What {@link #get} says of a key that has no number: no count is negative. */
  long NONE = -1;

  long get(long key) throws Exception;

  void put(long key, long count) throws Exception;

  /** Hands out every key with its number. */
  void forEach(Consumer consumer) throws Exception;

  @Override
  void close() throws Exception;

  /** Takes a key and its number. */
  interface Consumer {
    void accept(long key, long count) throws Exception;
  }
}
