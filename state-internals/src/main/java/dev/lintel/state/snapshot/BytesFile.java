package dev.lintel.state.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Bytes in memory as a file of a snapshot. */
public record BytesFile(String name, byte[] content) implements SnapshotFile {
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
