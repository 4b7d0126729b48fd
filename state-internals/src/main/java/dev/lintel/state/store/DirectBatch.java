package dev.lintel.state.store;

import dev.lintel.state.layout.ByteWriter;

/** A batch for stores that gain nothing from batches: each write goes to the store at once. */
final class DirectBatch implements OrderedStore.Batch {
  private final OrderedStore store;

  DirectBatch(OrderedStore store) {
    this.store = store;
  }

  @Override
  public void put(ByteWriter key, ByteWriter value) {
    store.put(key.toBytes(), value.toBytes());
  }

  @Override
  public void delete(ByteWriter key) {
    store.delete(key.toBytes());
  }

  @Override
  public void delete(byte[] key) {
    store.delete(key);
  }

  @Override
  public void deleteRange(byte[] from, byte[] end) {
    store.deleteRange(from, end);
  }

  @Override
  public long bytes() {
    return 0;
  }

  @Override
  public void commit() {}
}
