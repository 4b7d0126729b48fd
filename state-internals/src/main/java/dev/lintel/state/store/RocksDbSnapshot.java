package dev.lintel.state.store;

import org.rocksdb.ReadOptions;
import org.rocksdb.Snapshot;

/**
 * A range of a RocksDB store as of a sequence number; keeps RocksDB from dropping what it shows.
 */
final class RocksDbSnapshot implements OrderedStore.Snapshot {
  private final RocksDbStore store;
  private final Snapshot snapshot;
  private final byte[] from;
  private final byte[] end;
  private boolean closed;

  RocksDbSnapshot(RocksDbStore store, byte[] from, byte[] end) {
    this.store = store;
    this.from = from;
    this.end = end;
    this.snapshot = store.database().getSnapshot();
    store.opened(this);
  }

  @Override
  public OrderedStore.Cursor scan() {
    if (closed) {
      throw new IllegalStateException(
          "Expected an open snapshot, but it is closed: a value that is read from state piece by"
              + " piece was used after its task had ended; copy it if it has to live longer");
    }
    return new RocksDbCursor(store, new ReadOptions().setSnapshot(snapshot), from, end);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    store.closed(this);
    store.database().releaseSnapshot(snapshot);
    snapshot.close();
  }
}
