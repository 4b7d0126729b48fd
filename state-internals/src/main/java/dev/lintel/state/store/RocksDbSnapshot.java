package dev.lintel.state.store;

import org.rocksdb.ReadOptions;
import org.rocksdb.Snapshot;

/**
 * A range of a RocksDB store as of a sequence number; keeps RocksDB from dropping what it shows.
 */
final class RocksDbSnapshot implements OrderedStore.Snapshot {
  private final RocksDbDatabase database;
  private final Snapshot snapshot;
  private final byte[] from;
  private final byte[] end;
  private boolean closed;

  RocksDbSnapshot(RocksDbDatabase database, byte[] from, byte[] end) {
    this.database = database;
    this.from = from;
    this.end = end;
    this.snapshot = database.get().getSnapshot();
    database.opened(this);
  }

  @Override
  public OrderedStore.Cursor scan() {
    if (closed) {
      throw new IllegalStateException(
          "Expected an open snapshot, but it is closed: a value that is read from state piece by"
              + " piece was used after its task had ended; copy it if it has to live longer");
    }
    return new RocksDbCursor(database, new ReadOptions().setSnapshot(snapshot), from, end);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    database.closed(this);
    database.get().releaseSnapshot(snapshot);
    snapshot.close();
  }
}
