package dev.lintel.runner.checkpoint.storage;

import dev.lintel.state.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Bytes as a file of a snapshot. */
record Bytes(String name, byte[] content) implements SnapshotFile {
  @Override
  public @Nullable String contentId() {
    return null;
  }

  @Override
  public long estimatedBytes() {
    return content.length;
  }

  @Override
  public void writeTo(OutputStream out) throws IOException {
    out.write(content);
  }
}
