package dev.lintel.runner.checkpoint.manifest;

import dev.lintel.runner.checkpoint.folder.Checksum;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file that is stored and never changes.
 *
 * @param path relative to the folder that holds all of the job's checkpoints, or the savepoint
 * @param crc32c of its bytes, as in {@link Checksum}
 * @param contentId as in {@link dev.lintel.state.snapshot.SnapshotFile#contentId}
 */
public record StoredFile(String path, long length, String crc32c, @Nullable String contentId) {
  /** A manifest comes from outside: its paths must not lead to files of others. */
  public StoredFile {
    if (path.isEmpty() || path.startsWith("/") || Arrays.asList(path.split("/")).contains("..")) {
      throw new IllegalArgumentException(
          "Expected a path below the folder of the checkpoints, but " + path);
    }
  }

  public StoredFile(String path, Checksum checksum, @Nullable String contentId) {
    this(path, checksum.length(), checksum.crc32c(), contentId);
  }

  public Checksum checksum() {
    return new Checksum(length, crc32c);
  }
}
