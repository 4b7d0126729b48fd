package dev.lintel.state;

import dev.lintel.state.image.EntriesWriter;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.snapshot.StateSnapshot;
import dev.lintel.state.store.StoreView;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A snapshot of one file of entries, which is made as it is written out. */
final class EntriesSnapshot implements StateSnapshot {
  private final Supplier<StoreView> views;
  private final LongSupplier estimatedBytes;
  private final String where;
  private final Runnable onClose;

  /**
   * @param views opens what the store held, for one reading; any thread
   * @param where the task, for error texts
   */
  EntriesSnapshot(
      Supplier<StoreView> views, LongSupplier estimatedBytes, String where, Runnable onClose) {
    this.views = views;
    this.estimatedBytes = estimatedBytes;
    this.where = where;
    this.onClose = onClose;
  }

  @Override
  public SnapshotFormat format() {
    return SnapshotFormat.ENTRIES;
  }

  @Override
  public List<SnapshotFile> files() {
    return List.of(new Entries());
  }

  @Override
  public void close() {
    onClose.run();
  }

  private final class Entries implements SnapshotFile {
    @Override
    public String name() {
      return EntriesWriter.fileName();
    }

    @Override
    public @Nullable String contentId() {
      return null;
    }

    @Override
    public long estimatedBytes() {
      return estimatedBytes.getAsLong();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
      try (StoreView view = views.get()) {
        EntriesWriter.write(view, where, out);
      }
    }
  }
}
