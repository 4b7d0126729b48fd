package dev.lintel.runner.spill;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import org.jspecify.annotations.Nullable;

/**
 * Records in the order in which they are added: written to the end, then read once. They go to disk
 * and come back in blocks, {@code length:4 | records}; what a record consists of, and where it
 * ends, is the caller's affair.
 *
 * <p><i>Ownership:</i> one thread. <i>Failure:</i> {@link SpillException}; the file then goes with
 * its directory.
 */
public final class RecordFile implements AutoCloseable {
  /** A block ends with the record that reaches this size. */
  private static final int BLOCK_BYTES = 16 << 10;

  private static final int HEADER_BYTES = 4;

  private final SpillDirectory directory;
  private @Nullable SpillFile file;
  private @Nullable ByteWriter block;
  private final byte[] header = new byte[HEADER_BYTES];
  private long position;

  /** The file is made when there is something to write. */
  public RecordFile(SpillDirectory directory) {
    this.directory = directory;
  }

  /** Takes the next record, behind what is there. */
  public ByteWriter begin() {
    ByteWriter writer = block;
    if (writer == null) {
      writer = new ByteWriter().fixed32(0);
      block = writer;
    }
    return writer;
  }

  /** The record is complete. */
  public void end() {
    ByteWriter written = block;
    if (written != null && written.size() >= BLOCK_BYTES) {
      write(written);
      // A large record's room is not kept: there are many files.
      block = written.size() > 2 * BLOCK_BYTES ? null : written.reset().fixed32(0);
    }
  }

  /** No record is added any more. */
  public void finish() {
    ByteWriter last = block;
    if (last != null && last.size() > HEADER_BYTES) {
      write(last);
    }
    block = null;
  }

  private void write(ByteWriter full) {
    full.setFixed32(0, full.size() - HEADER_BYTES);
    SpillFile to = file;
    if (to == null) {
      to = directory.create();
      file = to;
    }
    to.append(full.array(), 0, full.size());
  }

  /** The records of the next block, one or more; null at the end. Only after {@link #finish}. */
  public @Nullable ByteReader nextBlock() {
    SpillFile from = file;
    if (from == null || position == from.size()) {
      return null;
    }
    from.read(position, header, 0, HEADER_BYTES);
    byte[] records = new byte[new ByteReader(header).fixed32()];
    from.read(position + HEADER_BYTES, records, 0, records.length);
    position += HEADER_BYTES + records.length;
    return new ByteReader(records);
  }

  /** Deletes the file. Idempotent. */
  @Override
  public void close() {
    block = null;
    if (file != null) {
      file.close();
      file = null;
    }
  }
}
