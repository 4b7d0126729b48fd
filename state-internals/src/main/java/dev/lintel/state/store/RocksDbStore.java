package dev.lintel.state.store;

import dev.lintel.state.layout.ByteWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/**
 * An ordered store in one RocksDB of its own, in a directory of its own, that begins empty and ends
 * with {@link #close}, which deletes it.
 *
 * <p><i>Invariants:</i> every native handle that is open is known here, so that {@code close}
 * leaves none behind and a cursor that outlives the store fails with a message and not with the
 * process.
 */
public final class RocksDbStore implements OrderedStore {
  private static final int VALUE_BUFFER_BYTES = 4096;

  private final Path directory;
  private final RocksDB database;
  private final ReadOptions readOptions = new ReadOptions();
  private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
  private final Set<AutoCloseable> openReads = Collections.newSetFromMap(new IdentityHashMap<>());
  private final byte[] valueBuffer = new byte[VALUE_BUFFER_BYTES];
  private boolean closed;

  private RocksDbStore(Path directory, RocksDB database) {
    this.directory = directory;
    this.database = database;
  }

  /**
   * Opens an empty store; what an earlier process left in the directory is deleted.
   *
   * @throws StateStoreException if the directory can't be created or written, or another process
   *     has it open
   */
  public static RocksDbStore open(Path directory, RocksDbShared shared) {
    try {
      if (Files.exists(directory)) {
        // Takes RocksDB's lock first: it can't pull a directory away from a living process.
        RocksDB.destroyDB(directory.toString(), shared.options());
        deleteTree(directory);
      }
      return create(directory, shared);
    } catch (IOException | UncheckedIOException | RocksDBException e) {
      throw new StateStoreException(
          "Expected to create a state store in "
              + directory
              + ", but could not: "
              + e.getMessage()
              + room(directory)
              + ". Give a state directory that this user may write and no other process uses,"
              + " on a disk with room",
          e);
    }
  }

  private static RocksDbStore create(Path directory, RocksDbShared shared)
      throws IOException, RocksDBException {
    Files.createDirectories(directory);
    try {
      return new RocksDbStore(directory, RocksDB.open(shared.options(), directory.toString()));
    } catch (RocksDBException e) {
      deleteTree(directory);
      throw e;
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return get(key, key.length);
  }

  @Override
  public byte @Nullable [] get(ByteWriter key) {
    return get(key.array(), key.size());
  }

  private byte @Nullable [] get(byte[] key, int length) {
    requireOpen();
    try {
      int size = database.get(readOptions, key, 0, length, valueBuffer, 0, VALUE_BUFFER_BYTES);
      if (size == RocksDB.NOT_FOUND) {
        return null;
      }
      if (size <= VALUE_BUFFER_BYTES) {
        return Arrays.copyOf(valueBuffer, size);
      }
      return database.get(readOptions, key, 0, length);
    } catch (RocksDBException e) {
      throw failure("read a key", e);
    }
  }

  @Override
  public void put(byte[] key, byte[] value) {
    requireOpen();
    try {
      database.put(writeOptions, key, value);
    } catch (RocksDBException e) {
      throw failure("write a key", e);
    }
  }

  @Override
  public void delete(byte[] key) {
    requireOpen();
    try {
      database.delete(writeOptions, key);
    } catch (RocksDBException e) {
      throw failure("delete a key", e);
    }
  }

  @Override
  public void deleteRange(byte[] from, byte[] end) {
    requireOpen();
    try {
      database.deleteRange(writeOptions, from, end);
    } catch (RocksDBException e) {
      throw failure("delete a range", e);
    }
  }

  @Override
  public Cursor scan(byte[] from, byte[] end) {
    requireOpen();
    return new RocksDbCursor(this, new ReadOptions(), from, end);
  }

  @Override
  public Batch batch() {
    return new RocksDbBatch(this);
  }

  @Override
  public Snapshot snapshot(byte[] from, byte[] end) {
    requireOpen();
    return new RocksDbSnapshot(this, from, end);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    try {
      closeReads();
    } finally {
      closed = true;
      readOptions.close();
      writeOptions.close();
      database.close();
    }
    try {
      deleteTree(directory);
    } catch (IOException | UncheckedIOException e) {
      throw failure("delete its files", e);
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

  RocksDB database() {
    requireOpen();
    return database;
  }

  WriteOptions writeOptions() {
    return writeOptions;
  }

  void opened(AutoCloseable read) {
    openReads.add(read);
  }

  void closed(AutoCloseable read) {
    openReads.remove(read);
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
  private static String room(Path directory) {
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

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "Expected the state store in "
              + directory
              + " to be open, but it has been closed:"
              + " something read or wrote state after its task had ended");
    }
  }

  private static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
