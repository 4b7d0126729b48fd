package dev.lintel.state.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * RocksDB's native library, which has to be unpacked to a folder in order to be loaded: to one that
 * is kept if possible, otherwise to one of this process's. Left to itself, RocksDB deletes the file
 * when the JVM exits: each process that is killed would leave one.
 */
public final class NativeLibrary {
  private static boolean loaded;

  private NativeLibrary() {}

  /** Loads the library unless that has been done. */
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    try {
      if (!loadKept()) {
        loadOwn();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    loaded = true;
  }

  private static boolean loadKept() throws IOException {
    UnpackedLibrary unpacked =
        new UnpackedLibrary(
            Path.of(System.getProperty("java.io.tmpdir")), System.getProperty("user.name"));
    Path folder =
        unpacked.folderOf(
            RocksDB.class.getClassLoader(),
            Environment.getJniLibraryFileName("rocksdb"),
            // What RocksDB looks for when it is told a folder.
            Environment.getJniLibraryFileName("rocksdbjni"));
    if (folder == null) {
      return false;
    }
    RocksDB.loadLibrary(List.of(folder.toString()));
    return true;
  }

  private static void loadOwn() throws IOException {
    Path folder = Files.createTempDirectory("lintel-rocksdb-");
    try {
      NativeLibraryLoader.getInstance().loadLibrary(folder.toString());
      RocksDB.loadLibrary();
    } finally {
      delete(folder);
    }
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
