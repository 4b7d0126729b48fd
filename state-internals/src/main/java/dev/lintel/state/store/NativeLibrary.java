package dev.lintel.state.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * RocksDB's native library, which is unpacked to the temporary folder in order to be loaded. Left
 * to itself, RocksDB deletes the file when the JVM exits: each process that is killed would leave
 * one.
 */
public final class NativeLibrary {
  private static boolean loaded;

  private NativeLibrary() {}

  /** Loads the library unless that has been done; its file is gone then. */
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    try {
      Path folder = Files.createTempDirectory("lintel-rocksdb-");
      try {
        NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
        RocksDB.loadLibrary();
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    loaded = true;
  }

  /** A file that is in use can't be deleted everywhere: then RocksDB does it in the end. */
  private static void delete(Path folder) throws IOException {
    try (Stream<Path> content = Files.list(folder)) {
      List<Path> files = content.toList();
      boolean all = true;
      for (Path each : files) {
        all &= each.toFile().delete();
      }
      if (all) {
        Files.delete(folder);
      }
    }
  }
}
