package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.manifest.StoredFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hard links to files that this machine has stored or fetched, by the paths that they are stored
 * under: what a restart finds here is not downloaded.
 *
 * <p><i>Ownership:</i> thread-safe, and several processes may use one folder: a path has one
 * content for ever. <i>Failure:</i> none is passed on. A cache that can't be written or read only
 * costs the download; what it gives is verified by whoever takes it.
 */
final class LocalCache {
  /** Null: nothing is cached. */
  private final @Nullable Path folder;

  LocalCache(@Nullable Path folder) {
    this.folder = folder;
  }

  /**
   * @param local a complete file on the same disk, if there is one
   */
  void put(String path, @Nullable Path local) {
    if (folder != null && local != null) {
      try {
        Files.createDirectories(folder);
        Path cached = cached(folder, path);
        Files.deleteIfExists(cached);
        Files.createLink(cached, local);
      } catch (IOException | UnsupportedOperationException e) {
        forget(path);
      }
    }
  }

  /** Makes a link to a cached file, unless there is none. */
  boolean link(StoredFile file, Path target) {
    if (folder == null) {
      return false;
    }
    try {
      Path cached = cached(folder, file.path());
      if (!Files.exists(cached) || Files.size(cached) != file.length()) {
        return false;
      }
      Files.createLink(target, cached);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  void forget(String path) {
    if (folder != null) {
      try {
        Files.deleteIfExists(cached(folder, path));
      } catch (IOException e) {
        // Only disk space is lost, until the next start finds it.
        return;
      }
    }
  }

  void keepOnly(Collection<String> paths) {
    if (folder == null || !Files.isDirectory(folder)) {
      return;
    }
    Set<Path> kept = new HashSet<>();
    for (String each : paths) {
      kept.add(cached(folder, each));
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path each : entries) {
        if (!kept.contains(each)) {
          Files.deleteIfExists(each);
        }
      }
    } catch (IOException e) {
      // As above.
      return;
    }
  }

  private static Path cached(Path folder, String path) {
    return folder.resolve(path.replace('/', '_'));
  }
}
