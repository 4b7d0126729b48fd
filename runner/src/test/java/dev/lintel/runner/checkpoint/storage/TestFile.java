package dev.lintel.runner.checkpoint.storage;

import dev.lintel.state.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of a snapshot, from memory. */
record TestFile(String name, @Nullable String contentId, byte[] content, @Nullable Path localFile)
    implements SnapshotFile {

  TestFile(String name, @Nullable String contentId, byte[] content) {
    this(name, contentId, content, null);
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
