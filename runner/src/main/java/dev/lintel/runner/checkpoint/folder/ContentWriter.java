package dev.lintel.runner.checkpoint.folder;

import java.io.IOException;
import java.io.OutputStream;

/** Writes the content of a file; the stream is closed by whoever gave it. */
@FunctionalInterface
public interface ContentWriter {
  void writeTo(OutputStream out) throws IOException;
}
