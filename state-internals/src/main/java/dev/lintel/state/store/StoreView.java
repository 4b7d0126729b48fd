package dev.lintel.state.store;

import dev.lintel.state.store.OrderedStore.Cursor;

/**
 * A store as it was at one moment, apart from the store: it is not changed by what the store does
 * later, and stays when the store closes. <i>Ownership:</i> one thread at a time, not the store's.
 */
public interface StoreView extends AutoCloseable {
  /** A cursor over the keys in {@code [from, end)}; the caller closes it before the view. */
  Cursor scan(byte[] from, byte[] end);

  @Override
  void close();
}
