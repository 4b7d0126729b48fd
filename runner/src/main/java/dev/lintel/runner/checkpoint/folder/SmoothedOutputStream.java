package dev.lintel.runner.checkpoint.folder;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.beam.sdk.io.fs.ResourceId;

/**
 * Has a local disk write a large file little by little. Otherwise the operating system gathers all
 * of it, and whoever forces a small file meanwhile (a state store at a snapshot) waits for it, too.
 */
final class SmoothedOutputStream extends FilterOutputStream {
  private static final long BYTES_PER_FORCE = 4 << 20;

  private final ResourceId file;
  private long unforced;

  /**
   * @param out writes to the file
   */
  SmoothedOutputStream(OutputStream out, ResourceId file) {
    super(out);
    this.file = file;
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    written(1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    out.write(bytes, offset, count);
    written(count);
  }

  private void written(int count) throws IOException {
    unforced += count;
    if (unforced >= BYTES_PER_FORCE) {
      unforced = 0;
      LocalDisk.force(file);
    }
  }
}
