package dev.lintel.state.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.rocksdb.RocksDB;

/**
 * An open RocksDB and the reads that are open in it.
 *
 * <p><i>Invariants:</i> every cursor and snapshot that is open is known here, so that {@code close}
 * leaves none behind, and a cursor that outlives the store fails with a message and not with the
 * process.
 */
final class RocksDbDatabase {
  private final Path directory;
  private final RocksDB database;
  private final Set<AutoCloseable> openReads = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean closed;

  /**
   * @param database owned by this object from here on
   */
  RocksDbDatabase(Path directory, RocksDB database) {
    this.directory = directory;
    this.database = database;
  }

  /** The database, if it is open. */
  RocksDB get() {
    requireOpen();
    return database;
  }

  Path directory() {
    return directory;
  }

  void opened(AutoCloseable read) {
    openReads.add(read);
  }

  void closed(AutoCloseable read) {
    openReads.remove(read);
  }

  boolean isClosed() {
    return closed;
  }

  /** Closes what is open in the database, and it. Idempotent. */
  void close() {
    if (closed) {
      return;
    }
    try {
      closeReads();
    } finally {
      closed = true;
      database.close();
    }
  }

  private void closeReads() {
    List<AutoCloseable> left = new ArrayList<>(openReads);
    // Cursors first: one may read from a snapshot.
    left.sort(Comparator.comparing(read -> read instanceof RocksDbSnapshot));
    for (AutoCloseable read : left) {
      try {
        read.close();
      } catch (Exception e) {
        throw failure("close a read", e);
      }
    }
  }

  StateStoreException failure(String what, Exception cause) {
    return new StateStoreException(
        "Expected the state store in "
            + directory
            + " to "
            + what
            + ", but it failed: "
            + cause.getMessage()
            + room(directory)
            + ". Free some room or mend the disk, or give the state a larger one (--stateDirectory),"
            + " and start the job again",
        cause);
  }

  /** How much room the disk has left; empty if even that can't be said. */
  static String room(Path directory) {
    try {
      FileStore disk = Files.getFileStore(directory);
      return String.format(
          Locale.ROOT,
          " (%,d MiB of %,d MiB are free there)",
          disk.getUsableSpace() >> 20,
          disk.getTotalSpace() >> 20);
    } catch (IOException e) {
      return "";
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "Expected the state store in "
              + directory
              + " to be open, but it has been closed:"
              + " something read or wrote state after its task had ended");
    }
  }
}
