package dev.lintel.state.image;

import java.util.zip.CRC32C;

/**
 * The file of all entries of one task, {@value #FILE_NAME}: written and read from one end to the
 * other with the memory of one block, on every backend, and by range of key groups without what is
 * before and behind it. Numbers are big-endian; <i>bytes</i> are a varint length and so many bytes.
 *
 * <pre>
 * file      = magic:8 | version:2 | block(HEADER) | block(ENTRIES)* | block(INDEX) | offset of the index block:8
 *             | magic:8
 * block     = kind:1 | length of the payload:4 | payload | crc32c of all of these:4
 * HEADER    = maxParallelism:4 | first key group:4 | end key group:4 | next sequence number:8
 *             | count:4 | (transform name: bytes, state id: bytes, state number:4, kind:1)*
 * ENTRIES   = (bytes shared with the key before: varint, rest of the key: bytes, value: bytes)*
 * INDEX     = count:4 | (key group:2, state number:4, offset of the first block:8, entries:8)*
 * </pre>
 *
 * <p>Keys are those of the store ({@code StateKeyLayout}), in their order; the task's own entries
 * are not among them, but in the header. A block of entries has those of one key group and state
 * only, about {@value #BLOCK_BYTES} bytes or one large entry, and shares nothing with other blocks.
 * The index has an entry for each key group and state that has any, in the order of the file.
 *
 * <p><i>Versions:</i> 1 is the first. The version is raised with any change to this file or to the
 * layout of stored keys and values; a reader reads all older versions, and refuses newer ones. For
 * each version there is a file in the tests that must stay readable.
 */
final class EntriesFormat {
  static final String FILE_NAME = "state.entries";
  static final long MAGIC = 0x4c494e54454c5345L; // "LINTELSE"
  static final int VERSION = 1;
  static final int PREFIX_BYTES = 10;
  static final int BLOCK_BYTES = 64 << 10;
  static final int BLOCK_HEAD_BYTES = 5;
  static final int CHECKSUM_BYTES = 4;
  static final int END_BYTES = 16;
  static final int HEADER = 1;
  static final int ENTRIES = 2;
  static final int INDEX = 3;

  private EntriesFormat() {}

  /** The checksum of a block's head and payload. */
  static int checksum(byte[] head, byte[] payload, int length) {
    CRC32C crc = new CRC32C();
    crc.update(head, 0, BLOCK_HEAD_BYTES);
    crc.update(payload, 0, length);
    return (int) crc.getValue();
  }

  /** Where in the file the entries of one state in one key group are. */
  record Run(int keyGroup, int stateNumber, long offset, long entries) {}
}
