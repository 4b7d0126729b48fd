package dev.lintel.state;

import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.snapshot.StateSnapshot;
import dev.lintel.state.store.HeapStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What state tests have in common. */
final class StateKit {
  static final int MAX_PARALLELISM = 128;
  static final KeyGroupRange ALL_GROUPS = new KeyGroupRange(0, MAX_PARALLELISM);
  static final long STORE_BYTES = 8 << 20;
  static final HoldListener NO_HOLDS =
      new HoldListener() {
        @Override
        public void holdAdded(long timestampMillis) {}

        @Override
        public void holdRemoved(long timestampMillis) {}
      };

  /** The two kinds of backend. */
  enum Kind {
    HEAP,
    ROCKSDB;

    /**
     * @param cacheBytes what all tasks' decoded cells may take
     */
    StateBackend backend(Path directory, long cacheBytes) {
      return switch (this) {
        case HEAP -> new HeapStateBackend(cacheBytes);
        case ROCKSDB ->
            new RocksDbStateBackend(directory, STORE_BYTES, cacheBytes, System::nanoTime);
      };
    }
  }

  private StateKit() {}

  static EncodedKey key(String text) {
    return new EncodedKey(text.getBytes(StandardCharsets.UTF_8));
  }

  static TaskState open(StateBackend backend) {
    return backend.open("stage/0", ALL_GROUPS, MAX_PARALLELISM);
  }

  /** The state of all key groups that a store has, or begins. */
  static StoredTaskState on(HeapStore store, long cacheBytes) {
    if (store.get(StateKeyLayout.formatKey()) == null) {
      StoredTaskState.begin(store, ALL_GROUPS, MAX_PARALLELISM);
    }
    return new StoredTaskState(
        store, new HeapSnapshots(store, "stage/0"), () -> cacheBytes, () -> {});
  }

  /** The files of a snapshot as a storage has them. */
  record Stored(SnapshotFormat format, KeyGroupRange keyGroups, Map<String, byte[]> files) {
    /** Reads all files of the snapshot, and closes it. */
    static Stored of(StateSnapshot snapshot, KeyGroupRange keyGroups) {
      Map<String, byte[]> files = new HashMap<>();
      try (snapshot) {
        for (SnapshotFile file : snapshot.files()) {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          file.writeTo(out);
          files.put(file.name(), out.toByteArray());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return new Stored(snapshot.format(), keyGroups, files);
    }

    /** Puts the files into a new directory. */
    StoredSnapshot fetch(Path parent) {
      try {
        Path directory = Files.createTempDirectory(Files.createDirectories(parent), "fetched");
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          Files.write(directory.resolve(file.getKey()), file.getValue());
        }
        return new StoredSnapshot(format, keyGroups, directory);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
