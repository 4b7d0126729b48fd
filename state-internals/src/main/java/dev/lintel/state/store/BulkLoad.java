package dev.lintel.state.store;

/**
 * Fills an empty store, quicker than by writes one by one. <i>Contract:</i> keys come in ascending
 * order; nothing is in the store before {@link #finish}. <i>Ownership:</i> the store's.
 */
public interface BulkLoad extends AutoCloseable {
  void put(byte[] key, byte[] value);

  void finish();

  /** Frees what the load needs; what was not finished is left out. */
  @Override
  void close();
}
