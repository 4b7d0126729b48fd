package dev.lintel.state.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of a snapshot, not yet stored. Its content never changes; any thread may write it out
 * until the snapshot is closed.
 */
public interface SnapshotFile {
  /** Unique in its snapshot. */
  String name();

  /**
   * What tells the content from that of every other file anywhere: who has stored a file with this
   * id need not store it again. Null if no other snapshot has the same content.
   */
  @Nullable String contentId();

  /** Bytes, about: for metrics and scheduling; {@link #writeTo} says exactly how many there are. */
  long estimatedBytes();

  void writeTo(OutputStream out) throws IOException;

  /**
   * The content as a complete local file, of which others may make hard links until the snapshot is
   * closed; null if there is none.
   */
  default @Nullable Path localFile() {
    return null;
  }
}
