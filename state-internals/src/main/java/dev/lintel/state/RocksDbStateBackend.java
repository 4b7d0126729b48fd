package dev.lintel.state;

import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.store.BulkLoad;
import dev.lintel.state.store.NativeLibrary;
import dev.lintel.state.store.RocksDbShared;
import dev.lintel.state.store.RocksDbStore;
import dev.lintel.state.store.StateStoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;

/**
 * State in one RocksDB for each task, in directories below one directory.
 *
 * <p>The memory budget holds for all tasks together. Half of it goes to RocksDB, for block cache
 * and memtables, outside of the Java heap; half to decoded cells, on the heap, in equal shares for
 * the open tasks. Half and half because a cell that is found decoded costs a hundredth of one that
 * is read from RocksDB, while RocksDB's blocks hold several times as many cells in the same room.
 */
public final class RocksDbStateBackend implements StateBackend {
  private static final int READABLE_NAME_MAX = 100;

  private final Path directory;
  private final long storeBytes;
  private final CacheBudget cacheBudget;
  private final LongSupplier nanos;

  /** Null until the first task opens: a pipeline may have no state. Guarded by this object. */
  private @Nullable RocksDbShared shared;

  /** Guarded by this object. */
  private int openTasks;

  private boolean closed;

  /**
   * @param directory made if it is missing; task states are below it
   * @param memoryBytes what the state of all tasks may take in memory
   * @param nanos a clock for durations
   * @throws StateStoreException if the directory can't be created
   */
  public RocksDbStateBackend(Path directory, long memoryBytes, LongSupplier nanos) {
    this(directory, memoryBytes - memoryBytes / 2, memoryBytes / 2, nanos);
  }

  RocksDbStateBackend(Path directory, long storeBytes, long cacheBytes, LongSupplier nanos) {
    this.directory = directory;
    this.nanos = nanos;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StateStoreException(
          "Expected to create the state directory "
              + directory
              + ", but could not: "
              + e
              + ". Give a directory that this user may write",
          e);
    }
    this.storeBytes = storeBytes;
    this.cacheBudget = new CacheBudget(cacheBytes);
  }

  /** Loads RocksDB's native library ahead of the first task, which says what to do if it fails. */
  public static void loadLibrary() {
    NativeLibrary.load();
  }

  /**
   * @throws StateStoreException if RocksDB can't be loaded
   */
  private synchronized RocksDbShared shared() {
    if (shared == null) {
      try {
        shared = new RocksDbShared(storeBytes, nanos);
      } catch (LinkageError | RuntimeException e) {
        throw new StateStoreException(
            "Expected to load RocksDB's native library from "
                + System.getProperty("java.io.tmpdir")
                + " for its classes from "
                + RocksDB.class.getResource("RocksDB.class")
                + ", but could not: "
                + e
                + ". Set -Djava.io.tmpdir to a directory that programs may be run from; if those are not"
                + " the classes of rocksdbjni (Flink's frocksdbjni has such, too), put Lintel before"
                + " them on the class path; or use the heap backend",
            e);
      }
    }
    return shared;
  }

  @Override
  public TaskState open(String taskName, KeyGroupRange keyGroups, int maxParallelism) {
    return state(
        taskName,
        () -> {
          RocksDbStore store = RocksDbStore.open(taskDirectory(taskName), shared());
          return closedOnFailure(
              store,
              () -> {
                StoredTaskState.begin(store, keyGroups, maxParallelism);
                return store;
              });
        });
  }

  @Override
  public TaskState restore(
      String taskName,
      KeyGroupRange keyGroups,
      int maxParallelism,
      List<StoredSnapshot> from,
      StateSelection selection) {
    StateRestore restore = new StateRestore(taskName, keyGroups, maxParallelism, from, selection);
    StoredSnapshot only = restore.only();
    if (only != null && only.format() == SnapshotFormat.ROCKSDB) {
      return state(taskName, () -> take(restore, taskName, only));
    }
    return state(taskName, () -> copy(restore, taskName));
  }

  /** Opens the files of the one snapshot that has all: no byte is copied. */
  private RocksDbStore take(StateRestore restore, String taskName, StoredSnapshot snapshot) {
    RocksDbStore store;
    try {
      store = RocksDbStore.restore(taskDirectory(taskName), shared(), snapshot.directory());
    } catch (StateStoreException e) {
      throw restore.damaged(e);
    }
    return closedOnFailure(
        store,
        () -> {
          restore.cutTo(store, snapshot);
          return store;
        });
  }

  private RocksDbStore copy(StateRestore restore, String taskName) {
    RocksDbStore store = RocksDbStore.open(taskDirectory(taskName), shared());
    return closedOnFailure(
        store,
        () -> {
          try (BulkLoad load = store.bulkLoad()) {
            restore.copyTo(store, load);
          }
          return store;
        });
  }

  private TaskState state(String taskName, Supplier<RocksDbStore> opening) {
    taskOpening();
    try {
      RocksDbStore store = opening.get();
      RocksDbSnapshots snapshots =
          new RocksDbSnapshots(store, () -> store.link(this::linksClosed), taskName);
      return closedOnFailure(
          store, () -> new StoredTaskState(store, snapshots, cacheBudget, this::taskClosed));
    } catch (RuntimeException | Error e) {
      taskClosed();
      throw e;
    }
  }

  /** What {@code action} makes of the store, which is closed if it fails. */
  private static <T> T closedOnFailure(RocksDbStore store, Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException | Error e) {
      try {
        store.close();
      } catch (RuntimeException whileClosing) {
        e.addSuppressed(whileClosing);
      }
      throw e;
    }
  }

  private Path taskDirectory(String taskName) {
    return directory.resolve(directoryName(taskName));
  }

  /** The directory goes when everything in it is gone. */
  private synchronized void linksClosed() {
    if (closed && openTasks == 0) {
      removeDirectory();
    }
  }

  private synchronized void taskOpening() {
    if (closed) {
      throw new IllegalStateException(
          "Expected the state in " + directory + " to be open, but it has been closed");
    }
    openTasks++;
    cacheBudget.taskOpened();
  }

  private synchronized void taskClosed() {
    openTasks--;
    cacheBudget.taskClosed();
    freeWhenUnused();
  }

  /** A file name: different for different task names, and short enough for every file system. */
  private static String directoryName(String taskName) {
    byte[] bytes = taskName.getBytes(StandardCharsets.UTF_8);
    String readable = taskName.replaceAll("[^A-Za-z0-9-]", "_");
    String hash = Integer.toHexString(new EncodedKey(bytes).hashCode());
    String start = readable.substring(0, Math.min(readable.length(), READABLE_NAME_MAX));
    return "task-" + start + "-" + hash + Integer.toHexString(taskName.hashCode());
  }

  @Override
  public synchronized void close() {
    closed = true;
    freeWhenUnused();
  }

  /**
   * What is shared lives as long as the last task that uses it: RocksDB would crash the process
   * otherwise, if a thread that is stuck in user code came back to its state.
   */
  private void freeWhenUnused() {
    if (closed && openTasks == 0) {
      if (shared != null) {
        shared.close();
      }
      removeDirectory();
    }
  }

  /** Removes the directory if nothing is left in it. */
  private void removeDirectory() {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      // Somebody else's files: not ours to remove.
      return;
    } catch (IOException e) {
      throw new StateStoreException(
          "Expected to remove the empty state directory "
              + directory
              + ", but could not: "
              + e
              + ". Remove it by hand",
          e);
    }
  }
}
