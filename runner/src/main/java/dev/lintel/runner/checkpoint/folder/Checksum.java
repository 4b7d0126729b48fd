package dev.lintel.runner.checkpoint.folder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * How long a file is, and the CRC32C of its bytes.
 *
 * @param crc32c eight lower case hexadecimal digits
 */
public record Checksum(long length, String crc32c) {
  private static final long MAPPED_BYTES_MAX = 1 << 30;

  public static Checksum of(byte[]... pieces) {
    CRC32C crc = new CRC32C();
    long length = 0;
    for (byte[] each : pieces) {
      crc.update(each);
      length += each.length;
    }
    return of(length, crc);
  }

  /**
   * Of a file on a local disk that nobody changes. It is mapped, as that takes a fifth of the time
   * of reading it (measured: 0.14 s for 1 GiB instead of 0.7).
   */
  public static Checksum of(Path local) throws IOException {
    CRC32C crc = new CRC32C();
    try (FileChannel file = FileChannel.open(local)) {
      long length = file.size();
      for (long at = 0; at < length; at += MAPPED_BYTES_MAX) {
        crc.update(
            file.map(FileChannel.MapMode.READ_ONLY, at, Math.min(MAPPED_BYTES_MAX, length - at)));
      }
      return of(length, crc);
    }
  }

  static Checksum of(long length, CRC32C crc) {
    return new Checksum(length, HexFormat.of().toHexDigits((int) crc.getValue()));
  }

  /**
   * Passes on what it reads, and fails with {@link DamagedFileException} at its end if that is not
   * what this checksum is of.
   *
   * @param where the file, for the error's text
   */
  public InputStream verifying(InputStream in, String where) {
    return new VerifyingInputStream(in, this, where);
  }

  @Override
  public String toString() {
    return length + " bytes with CRC32C " + crc32c;
  }
}
