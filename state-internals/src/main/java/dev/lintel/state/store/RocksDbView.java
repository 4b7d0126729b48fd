package dev.lintel.state.store;

import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * The files of a snapshot, opened to be read once from one end to the other. Takes nothing of what
 * the stores of the process share, so that it may outlive them.
 */
public final class RocksDbView implements StoreView {
  private static final long READAHEAD_BYTES = 1 << 20;

  private final Options options;
  private final RocksDbDatabase database;

  private RocksDbView(Options options, RocksDbDatabase database) {
    this.options = options;
    this.database = database;
  }

  /**
   * Opens the files of a snapshot under the names that they were stored by; they are renamed.
   *
   * @throws StateStoreException if they are not those of a database, or are damaged
   */
  public static RocksDbView openStored(Path directory) {
    try {
      RocksDbFiles.unpack(directory, directory);
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
    return open(directory);
  }

  /** Opens a database's files under their own names. */
  static RocksDbView open(Path directory) {
    NativeLibrary.load();
    Options options = new Options().setInfoLogLevel(InfoLogLevel.FATAL_LEVEL).setMaxOpenFiles(-1);
    try {
      RocksDB database = RocksDB.openReadOnly(options, directory.toString());
      return new RocksDbView(options, new RocksDbDatabase(directory, database));
    } catch (RocksDBException e) {
      options.close();
      throw unreadable(directory, e);
    }
  }

  private static StateStoreException unreadable(Path directory, Exception cause) {
    return new StateStoreException(
        "Expected the files of a state snapshot in "
            + directory
            + ", but they can't be opened: "
            + cause
            + ". Check the checkpoint that they were taken from, or restore another one",
        cause);
  }

  @Override
  public OrderedStore.Cursor scan(byte[] from, byte[] end) {
    ReadOptions read = new ReadOptions().setFillCache(false).setReadaheadSize(READAHEAD_BYTES);
    return new RocksDbCursor(database, read, from, end);
  }

  @Override
  public void close() {
    database.close();
    options.close();
  }
}
