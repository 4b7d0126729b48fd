package dev.lintel.state.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hard links to the files of a store as they were at one moment, in a directory of their own: they
 * stay whatever the store does, compaction and closing included. Any thread.
 */
public final class RocksDbLinks implements AutoCloseable {
  private final Path directory;
  private final List<LinkedFile> files;
  private final Runnable onClose;

  /**
   * A file.
   *
   * @param name what it is stored as
   * @param isTable whether the name stands for its content, everywhere and for ever
   */
  public record LinkedFile(String name, boolean isTable, Path path, long bytes) {}

  private RocksDbLinks(Path directory, List<LinkedFile> files, Runnable onClose) {
    this.directory = directory;
    this.files = files;
    this.onClose = onClose;
  }

  /**
   * @param lives of the table files that the store was restored with, by number
   * @param life of the others
   */
  static RocksDbLinks of(Path directory, Map<String, String> lives, String life, Runnable onClose)
      throws IOException {
    List<LinkedFile> files = new ArrayList<>();
    for (Path path : RocksDbFiles.list(directory)) {
      String name = path.getFileName().toString();
      @Nullable String number = RocksDbFiles.tableNumber(name);
      if (number != null) {
        String stored = RocksDbFiles.storedTableName(number, lives.getOrDefault(number, life));
        files.add(new LinkedFile(stored, true, path, Files.size(path)));
      } else if (RocksDbFiles.isNeeded(name)) {
        files.add(new LinkedFile(name, false, path, Files.size(path)));
      }
    }
    return new RocksDbLinks(directory, List.copyOf(files), onClose);
  }

  public List<LinkedFile> files() {
    return files;
  }

  public long bytes() {
    return files.stream().mapToLong(LinkedFile::bytes).sum();
  }

  /** What the store held. The caller closes it before the links. */
  public StoreView view() {
    return RocksDbView.open(directory);
  }

  @Override
  public void close() {
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
