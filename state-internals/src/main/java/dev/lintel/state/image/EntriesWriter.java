package dev.lintel.state.image;

import dev.lintel.state.image.EntriesFormat.Run;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore.Cursor;
import dev.lintel.state.store.StoreView;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes the content of a store as a file of entries: see {@link EntriesFormat}. The same content
 * gives the same bytes. <i>Ownership:</i> one thread, one file.
 */
public final class EntriesWriter {
  private final OutputStream out;
  private final ByteWriter block = new ByteWriter();
  private final List<Run> runs = new ArrayList<>();
  private byte[] lastKey = new byte[0];
  private long offset;
  private int keyGroup = -1;
  private int stateNumber = -1;
  private long runOffset;
  private long runEntries;

  private EntriesWriter(OutputStream out) {
    this.out = out;
  }

  /** What the file is called where a snapshot is stored. */
  public static String fileName() {
    return EntriesFormat.FILE_NAME;
  }

  /**
   * Writes all that {@code view} has. The stream stays open.
   *
   * @throws IOException if the stream can't be written
   */
  public static void write(StoreView view, String where, OutputStream out) throws IOException {
    new EntriesWriter(out).write(TaskHeader.read(view::scan, where), view);
  }

  private void write(TaskHeader header, StoreView view) throws IOException {
    raw(new ByteWriter().fixed64(EntriesFormat.MAGIC).fixed16(EntriesFormat.VERSION));
    writeHeader(header);
    byte[] from = StateKeyLayout.groupStart(header.firstGroup());
    byte[] end = StateKeyLayout.groupStart(header.endGroup());
    try (Cursor cursor = view.scan(from, end)) {
      while (cursor.next()) {
        entry(cursor.key(), cursor.value());
      }
    }
    endRun();
    long indexOffset = offset;
    writeIndex();
    raw(new ByteWriter().fixed64(indexOffset).fixed64(EntriesFormat.MAGIC));
  }

  private void writeHeader(TaskHeader header) throws IOException {
    block
        .fixed32(header.maxParallelism())
        .fixed32(header.firstGroup())
        .fixed32(header.endGroup())
        .fixed64(header.nextSequence())
        .fixed32(header.states().size());
    for (TaskHeader.State state : header.states()) {
      block
          .lengthPrefixed(state.name().transformName().getBytes(StandardCharsets.UTF_8))
          .lengthPrefixed(state.name().stateId().getBytes(StandardCharsets.UTF_8))
          .fixed32(state.number())
          .write(state.kind());
    }
    endBlock(EntriesFormat.HEADER);
  }

  private void entry(byte[] key, byte[] value) throws IOException {
    int group = StateKeyLayout.keyGroupOf(key);
    int number = StateKeyLayout.stateNumberOf(key);
    if (group != keyGroup || number != stateNumber) {
      endRun();
      keyGroup = group;
      stateNumber = number;
      runOffset = offset;
    }
    int shared = block.size() == 0 ? 0 : shared(lastKey, key);
    block.varint(shared).varint(key.length - shared);
    block.write(key, shared, key.length - shared);
    block.lengthPrefixed(value);
    lastKey = key;
    runEntries++;
    if (block.size() >= EntriesFormat.BLOCK_BYTES) {
      endBlock(EntriesFormat.ENTRIES);
    }
  }

  private static int shared(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  private void endRun() throws IOException {
    if (block.size() > 0) {
      endBlock(EntriesFormat.ENTRIES);
    }
    if (runEntries > 0) {
      runs.add(new Run(keyGroup, stateNumber, runOffset, runEntries));
    }
    runEntries = 0;
  }

  private void writeIndex() throws IOException {
    block.fixed32(runs.size());
    for (Run run : runs) {
      block
          .fixed16(run.keyGroup())
          .fixed32(run.stateNumber())
          .fixed64(run.offset())
          .fixed64(run.entries());
    }
    endBlock(EntriesFormat.INDEX);
  }

  private void endBlock(int kind) throws IOException {
    ByteWriter head = new ByteWriter();
    head.write(kind);
    head.fixed32(block.size());
    raw(head);
    raw(block);
    int checksum = EntriesFormat.checksum(head.array(), block.array(), block.size());
    raw(new ByteWriter().fixed32(checksum));
    block.reset();
  }

  private void raw(ByteWriter bytes) throws IOException {
    out.write(bytes.array(), 0, bytes.size());
    offset += bytes.size();
  }
}
