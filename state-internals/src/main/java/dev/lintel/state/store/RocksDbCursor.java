package dev.lintel.state.store;

import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A RocksDB iterator over one range. The end of the range is told to RocksDB, so that it doesn't
 * walk through what was deleted behind it.
 */
final class RocksDbCursor implements OrderedStore.Cursor {
  private final RocksDbDatabase database;
  private final ReadOptions options;
  private final Slice end;
  private final RocksIterator iterator;
  private boolean started;
  private boolean closed;
  private final byte[] from;

  /**
   * @param options owned by the cursor from here on
   */
  RocksDbCursor(RocksDbDatabase database, ReadOptions options, byte[] from, byte[] end) {
    this.database = database;
    this.from = from;
    this.end = new Slice(end);
    this.options = options.setIterateUpperBound(this.end);
    this.iterator = database.get().newIterator(options);
    database.opened(this);
  }

  @Override
  public boolean next() {
    requireOpen();
    if (started) {
      if (iterator.isValid()) {
        iterator.next();
      }
    } else {
      iterator.seek(from);
      started = true;
    }
    if (iterator.isValid()) {
      return true;
    }
    try {
      iterator.status();
    } catch (RocksDBException e) {
      throw database.failure("read a range", e);
    }
    return false;
  }

  @Override
  public byte[] key() {
    requireOpen();
    return iterator.key();
  }

  @Override
  public byte[] value() {
    requireOpen();
    return iterator.value();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    database.closed(this);
    iterator.close();
    options.close();
    end.close();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "Expected an open cursor, but it is closed: a value that is read from state piece by piece"
              + " was used after its task had ended; copy it if it has to live longer");
    }
  }
}
