package dev.lintel.runner.checkpoint.folder;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;

/**
 * Passes on the bytes of a file, and fails at its end if they are not the expected ones. Whoever
 * reads less than all of it has verified nothing.
 */
final class VerifyingInputStream extends FilterInputStream {
  private final Checksum expected;
  private final String where;
  private final CRC32C crc = new CRC32C();
  private long length;

  /**
   * @param where the file, for the error's text
   */
  VerifyingInputStream(InputStream in, Checksum expected, String where) {
    super(in);
    this.expected = expected;
    this.where = where;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    int read = in.read(bytes, offset, count);
    if (read > 0) {
      crc.update(bytes, offset, read);
      length += read;
    }
    if (length > expected.length() || read < 0) {
      verify();
    }
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    byte[] skipped = new byte[(int) Math.min(count, 8192)];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void verify() throws DamagedFileException {
    Checksum found = Checksum.of(length, crc);
    if (length > expected.length()) {
      throw new DamagedFileException(where, expected + ", but found more bytes");
    }
    if (!found.equals(expected)) {
      throw new DamagedFileException(where, expected + ", but found " + found);
    }
  }
}
