package dev.lintel.runner.checkpoint.folder;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32C;

/** Sums up what passes through it. */
final class ChecksumOutputStream extends FilterOutputStream {
  private final CRC32C crc = new CRC32C();
  private long length;

  ChecksumOutputStream(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    crc.update(b);
    length++;
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    out.write(bytes, offset, count);
    crc.update(bytes, offset, count);
    length += count;
  }

  Checksum checksum() {
    return Checksum.of(length, crc);
  }
}
