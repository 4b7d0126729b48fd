package dev.lintel.state.store;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hard links to the files of a store as they were at one moment, in a directory of their own: they
 * stay whatever the store does, compaction and closing included.
 *
 * <p>They are made when they are first asked for, or before the store changes, whichever comes
 * first. By then RocksDB's own thread has mostly written what memory had, and nobody has waited.
 *
 * <p><i>Threads:</i> any; who comes second waits for the first. <i>Failure:</i> a {@link
 * StateStoreException} if they can't be made, to everybody who asks for them.
 */
public final class RocksDbLinks implements AutoCloseable {
  private final Path directory;
  private final Supplier<List<LinkedFile>> making;
  private final Runnable onClose;
  private @Nullable List<LinkedFile> files;
  private @Nullable StateStoreException failure;
  private boolean closed;

  /**
   * A file.
   *
   * @param name what it is stored as
   * @param isTable whether the name stands for its content, everywhere and for ever
   */
  public record LinkedFile(String name, boolean isTable, Path path, long bytes) {}

  /**
   * @param making makes them in the directory; called once at most, and not once they are closed
   */
  RocksDbLinks(Path directory, Supplier<List<LinkedFile>> making, Runnable onClose) {
    this.directory = directory;
    this.making = making;
    this.onClose = onClose;
  }

  public synchronized List<LinkedFile> files() {
    make();
    if (failure != null) {
      throw failure;
    }
    if (files == null) {
      throw new IllegalStateException(
          "Expected a snapshot in " + directory + ", but it has been closed");
    }
    return files;
  }

  /** Makes the links if somebody may still want them. A failure is for those who do. */
  synchronized void make() {
    if (files == null && failure == null && !closed) {
      try {
        files = making.get();
      } catch (StateStoreException e) {
        failure = e;
      }
    }
  }

  public long bytes() {
    return files().stream().mapToLong(LinkedFile::bytes).sum();
  }

  /** What the store held. The caller closes it before the links. */
  public StoreView view() {
    files();
    return RocksDbView.open(directory);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      RocksDbFiles.deleteTree(directory);
    } catch (IOException e) {
      throw new StateStoreException(
          "Expected to delete the links of a state snapshot in "
              + directory
              + ", but could not: "
              + e
              + ". Delete them by hand",
          e);
    } finally {
      onClose.run();
    }
  }
}
