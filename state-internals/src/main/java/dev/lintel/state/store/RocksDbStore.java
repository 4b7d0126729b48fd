package dev.lintel.state.store;

import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.RocksDbLinks.LinkedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * An ordered store in one RocksDB of its own, in a directory of its own, that begins empty or with
 * the files of a snapshot, and ends with {@link #close}, which deletes it. What is to stay of it is
 * linked before: {@link #link}.
 */
public final class RocksDbStore implements OrderedStore {
  private static final int VALUE_BUFFER_BYTES = 4096;

  /**
   * With less in memory the snapshot's own flush is short enough; each one before it makes a file.
   */
  private static final long FLUSHED_BYTES_MIN = 8 << 20;

  private static final String FLUSHING = "write its memory to files";

  /** Inside of the database's directory, so that it goes with it. */
  private static final String BULK_LOAD_DIRECTORY = "load";

  private final RocksDbShared shared;
  private final RocksDbDatabase database;
  private final ReadOptions readOptions = new ReadOptions();
  private final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
  private final byte[] valueBuffer = new byte[VALUE_BUFFER_BYTES];

  /** Of the table files that were there at the beginning, by number. */
  private final Map<String, String> restoredLives;

  /** Tells the table files that this store writes from those of all others. */
  private final String life = UUID.randomUUID().toString().replace("-", "");

  private final LongSupplier nanos;
  private long waitNanos;
  private int links;

  /** The last links, if they may still have to be made: the store must not change before. */
  private @Nullable RocksDbLinks unmade;

  /** What a snapshot has, if it may still have to be written: nobody may read before. */
  private @Nullable DeferredWrites deferred;

  private RocksDbStore(
      RocksDbShared shared, RocksDbDatabase database, Map<String, String> restoredLives) {
    this.shared = shared;
    this.nanos = shared.nanos();
    this.database = database;
    this.restoredLives = restoredLives;
  }

  /**
   * Opens an empty store; what an earlier process left in the directory is deleted.
   *
   * @throws StateStoreException if the directory can't be created or written, or another process
   *     has it open
   */
  public static RocksDbStore open(Path directory, RocksDbShared shared) {
    try {
      empty(directory, shared);
      return open(directory, shared, Map.of());
    } catch (IOException | RocksDBException e) {
      throw new StateStoreException(
          "Expected to create a state store in "
              + directory
              + ", but could not: "
              + e.getMessage()
              + RocksDbDatabase.room(directory)
              + ". Give a state directory that this user may write and no other process uses,"
              + " on a disk with room",
          e);
    }
  }

  /**
   * Opens a store with the files of a snapshot, which are moved. Until they are changed, the
   * store's own snapshots have them under the same names.
   *
   * @param stored has the files as they were stored
   * @throws StateStoreException if they are not those of a database or are damaged; or as {@link
   *     #open}
   */
  public static RocksDbStore restore(Path directory, RocksDbShared shared, Path stored) {
    try {
      empty(directory, shared);
      return open(directory, shared, RocksDbFiles.unpack(stored, directory));
    } catch (IOException | RocksDBException e) {
      throw new StateStoreException(
          "Expected to open a state store in "
              + directory
              + " with the files of a snapshot in "
              + stored
              + ", but could not: "
              + e
              + RocksDbDatabase.room(directory)
              + ". Check the checkpoint that they were taken from, or restore another one",
          e);
    }
  }

  private static void empty(Path directory, RocksDbShared shared)
      throws IOException, RocksDBException {
    if (Files.exists(directory)) {
      // Takes RocksDB's lock first: it can't pull a directory away from a living process.
      RocksDB.destroyDB(directory.toString(), shared.options());
      RocksDbFiles.deleteTree(directory);
    }
    Files.createDirectories(directory);
  }

  private static RocksDbStore open(
      Path directory, RocksDbShared shared, Map<String, String> restoredLives)
      throws IOException, RocksDBException {
    try {
      RocksDB database = RocksDB.open(shared.options(), directory.toString());
      return new RocksDbStore(shared, new RocksDbDatabase(directory, database), restoredLives);
    } catch (RocksDBException e) {
      RocksDbFiles.deleteTree(directory);
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
    beforeRead();
    try {
      RocksDB open = database.get();
      int size = open.get(readOptions, key, 0, length, valueBuffer, 0, VALUE_BUFFER_BYTES);
      if (size == RocksDB.NOT_FOUND) {
        return null;
      }
      if (size <= VALUE_BUFFER_BYTES) {
        return Arrays.copyOf(valueBuffer, size);
      }
      return open.get(readOptions, key, 0, length);
    } catch (RocksDBException e) {
      throw database.failure("read a key", e);
    }
  }

  @Override
  public void put(byte[] key, byte[] value) {
    beforeChange();
    try {
      database.get().put(writeOptions, key, value);
    } catch (RocksDBException e) {
      throw database.failure("write a key", e);
    }
  }

  @Override
  public void delete(byte[] key) {
    beforeChange();
    try {
      database.get().delete(writeOptions, key);
    } catch (RocksDBException e) {
      throw database.failure("delete a key", e);
    }
  }

  @Override
  public void deleteRange(byte[] from, byte[] end) {
    beforeChange();
    try {
      database.get().deleteRange(writeOptions, from, end);
    } catch (RocksDBException e) {
      throw database.failure("delete a range", e);
    }
  }

  /** Writes a batch: now, or with the snapshot that it is for. */
  void write(DeferredWrites.Write write) {
    DeferredWrites collecting = deferred;
    if (collecting == null || !collecting.add(write)) {
      beforeChange();
      writeNow(write);
    }
  }

  private void writeNow(DeferredWrites.Write write) {
    try (WriteBatch batch = new WriteBatch(write.batch())) {
      database.get().write(writeOptions, batch);
    } catch (RocksDBException e) {
      throw database.failure("write " + write.entries() + " entries", e);
    }
  }

  @Override
  public Cursor scan(byte[] from, byte[] end) {
    beforeRead();
    return new RocksDbCursor(database, new ReadOptions(), from, end);
  }

  @Override
  public Batch batch() {
    return new RocksDbBatch(this);
  }

  @Override
  public Snapshot snapshot(byte[] from, byte[] end) {
    beforeRead();
    return new RocksDbSnapshot(database, from, end);
  }

  // ---- snapshots ----

  /**
   * Begins to write what memory has to files, and does not wait for it: so that {@link #link} finds
   * little to do. As each time makes a file, a little is left to it.
   */
  public void beginFlush() {
    if (property("rocksdb.cur-size-active-mem-table") < FLUSHED_BYTES_MIN || isFlushing()) {
      return;
    }
    try {
      boolean unused = tryFlush(); // If it takes no more, that is what was asked for.
    } catch (RocksDBException e) {
      throw database.failure(FLUSHING, e);
    }
  }

  /**
   * Has RocksDB begin a flush.
   *
   * @return false if so much is on its way to files that it takes no more now
   */
  private boolean tryFlush() throws RocksDBException {
    try {
      flush(false);
      return true;
    } catch (RocksDBException e) {
      if (isTryAgain(e)) {
        return false;
      }
      throw e;
    }
  }

  private static boolean isTryAgain(RocksDBException e) {
    return e.getStatus() != null && e.getStatus().getCode() == Status.Code.TryAgain;
  }

  /** Does not wait for compactions, though the next write may have to. */
  private void flush(boolean wait) throws RocksDBException {
    try (FlushOptions options = new FlushOptions().setWaitForFlush(wait).setAllowWriteStall(true)) {
      database.get().flush(options);
    }
  }

  /** Whether what {@link #beginFlush} began is still being done. */
  public boolean isFlushing() {
    return property("rocksdb.num-immutable-mem-table") > 0;
  }

  private long property(String name) {
    try {
      return database.get().getLongProperty(name);
    } catch (RocksDBException e) {
      throw database.failure("tell its " + name, e);
    }
  }

  /** What is written in batches from now on is for the snapshot that {@link #link} takes next. */
  public void deferWrites() {
    beforeChange();
    deferred = new DeferredWrites(this::writeNow);
  }

  /**
   * Links the files of the store as it is now, in a directory beside its own, as they stay when the
   * store is closed. What was deferred, and what memory has, is written to files meanwhile; before
   * the next change, the store waits for that.
   *
   * @param onClose told once the links are deleted
   */
  public RocksDbLinks link(Runnable onClose) {
    Path directory = database.directory();
    String name = directory.getFileName() + "-snapshot-" + life + "-" + links++;
    Path linkDirectory = directory.resolveSibling(name);
    DeferredWrites writes = deferred;
    if (writes == null) {
      beforeChange();
      try {
        if (!tryFlush()) {
          flush(true);
        }
      } catch (RocksDBException e) {
        throw database.failure(FLUSHING, e);
      }
    } else {
      writes.seal();
    }
    RocksDbLinks made =
        new RocksDbLinks(linkDirectory, () -> linkAll(linkDirectory, writes), onClose);
    unmade = made;
    return made;
  }

  private void beforeChange() {
    makeLinks();
    beforeRead();
  }

  /** Has the links made that need the store as it is. */
  private void makeLinks() {
    RocksDbLinks links = unmade;
    if (links != null) {
      unmade = null;
      waitFor(links::make);
    }
  }

  /** Writes what the store should have. If that fails, nobody reads what is there instead. */
  private void beforeRead() {
    DeferredWrites writes = deferred;
    if (writes != null) {
      waitFor(writes::make);
      deferred = null;
    }
  }

  private void waitFor(Runnable work) {
    long startNanos = nanos.getAsLong();
    work.run();
    waitNanos += nanos.getAsLong() - startNanos;
  }

  /** How long work has waited for snapshots, in nanoseconds, since this was asked last. */
  public long takeWaitNanos() {
    long waited = waitNanos;
    waitNanos = 0;
    return waited;
  }

  /** Any thread, as long as nothing changes the store. */
  private List<LinkedFile> linkAll(Path linkDirectory, @Nullable DeferredWrites writes) {
    if (writes != null) {
      writes.make();
    }
    try {
      flush(true);
    } catch (RocksDBException e) {
      throw database.failure(FLUSHING, e);
    }
    try {
      linkFiles(linkDirectory);
      return RocksDbFiles.linked(linkDirectory, restoredLives, life);
    } catch (IOException | RocksDBException e) {
      throw database.failure("take a snapshot in " + linkDirectory, e);
    }
  }

  /**
   * Not with RocksDB's own {@code Checkpoint}: that waits until compactions have caught up (seen:
   * for 13 seconds), and for the disk.
   */
  private void linkFiles(Path linkDirectory) throws IOException, RocksDBException {
    RocksDB rocks = database.get();
    rocks.disableFileDeletions();
    try {
      RocksDB.LiveFiles live = rocks.getLiveFiles(false);
      RocksDbFiles.link(database.directory(), live.files, live.manifestFileSize, linkDirectory);
    } catch (IOException | RocksDBException e) {
      RocksDbFiles.deleteTree(linkDirectory);
      throw e;
    } finally {
      rocks.enableFileDeletions();
    }
  }

  /** For a store in which nothing is yet. */
  public BulkLoad bulkLoad() {
    return new RocksDbBulkLoad(database, shared, database.directory().resolve(BULK_LOAD_DIRECTORY));
  }

  @Override
  public void close() {
    if (database.isClosed()) {
      return;
    }
    makeLinks();
    try {
      database.close();
    } finally {
      readOptions.close();
      writeOptions.close();
    }
    try {
      RocksDbFiles.deleteTree(database.directory());
    } catch (IOException e) {
      throw database.failure("delete its files", e);
    }
  }

  RocksDbDatabase database() {
    return database;
  }
}
