package dev.lintel.runner.checkpoint.folder;

import java.io.InputStream;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * How long a file is, and the CRC32C of its bytes.
 *
 * @param crc32c eight lower case hexadecimal digits
 */
public record Checksum(long length, String crc32c) {
  public static Checksum of(byte[]... pieces) {
    CRC32C crc = new CRC32C();
    long length = 0;
    for (byte[] each : pieces) {
      crc.update(each);
      length += each.length;
    }
    return of(length, crc);
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
