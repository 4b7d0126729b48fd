package dev.lintel.state;

import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.snapshot.StateSnapshot;
import dev.lintel.state.store.RocksDbLinks;
import dev.lintel.state.store.RocksDbLinks.LinkedFile;
import dev.lintel.state.store.RocksDbStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of a RocksDB store: hard links to its files. The portable ones read the linked files,
 * on the thread that writes them out.
 *
 * @param links links the store's files into a directory of their own
 */
record RocksDbSnapshots(RocksDbStore store, Supplier<RocksDbLinks> links, String taskName)
    implements Snapshots {
  @Override
  public void begin() {
    store.deferWrites();
  }

  @Override
  public StateSnapshot take() {
    return new NativeSnapshot(links.get());
  }

  @Override
  public StateSnapshot takePortable() {
    RocksDbLinks linked = links.get();
    return new EntriesSnapshot(linked::view, linked::bytes, taskName, linked::close);
  }

  @Override
  public void prepare() {
    store.beginFlush();
  }

  @Override
  public boolean isPreparing() {
    return store.isFlushing();
  }

  @Override
  public long takeWaitNanos() {
    return store.takeWaitNanos();
  }

  private record NativeSnapshot(RocksDbLinks links) implements StateSnapshot {
    @Override
    public SnapshotFormat format() {
      return SnapshotFormat.ROCKSDB;
    }

    @Override
    public List<SnapshotFile> files() {
      return links.files().stream().<SnapshotFile>map(Linked::new).toList();
    }

    @Override
    public void close() {
      links.close();
    }
  }

  private record Linked(LinkedFile file) implements SnapshotFile {
    @Override
    public String name() {
      return file.name();
    }

    @Override
    public @Nullable String contentId() {
      return file.isTable() ? file.name() : null;
    }

    @Override
    public long estimatedBytes() {
      return file.bytes();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      Files.copy(file.path(), out);
    }

    /** A table's content stays what it is for ever. */
    @Override
    public @Nullable Path localFile() {
      return file.isTable() ? file.path() : null;
    }
  }
}
