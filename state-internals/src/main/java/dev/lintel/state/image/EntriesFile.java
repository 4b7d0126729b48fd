package dev.lintel.state.image;

import dev.lintel.state.image.EntriesFormat.Run;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A file of entries, read: see {@link EntriesFormat}. Only blocks that are asked for are read, and
 * of those every byte is checked.
 *
 * <p><i>Failure:</i> {@link StateRestoreException}, which names the file.
 */
public final class EntriesFile implements TaskImage {
  private final Path path;
  private final RandomAccessFile file;
  private final TaskHeader header;
  private final Map<Long, Run> runs = new HashMap<>();

  private EntriesFile(Path path, RandomAccessFile file) throws IOException {
    this.path = path;
    this.file = file;
    requireVersion(new ByteReader(read(0, EntriesFormat.PREFIX_BYTES)));
    this.header = header(new ByteReader(block(EntriesFormat.PREFIX_BYTES, EntriesFormat.HEADER)));
    readIndex();
  }

  /**
   * Opens the file that {@link EntriesWriter} wrote into the directory.
   *
   * @throws StateRestoreException if it is missing, damaged or of a newer version
   */
  public static EntriesFile open(Path directory) {
    Path path = directory.resolve(EntriesFormat.FILE_NAME);
    RandomAccessFile file = null;
    try {
      file = new RandomAccessFile(path.toFile(), "r");
      return new EntriesFile(path, file);
    } catch (IOException | IllegalArgumentException e) {
      close(file);
      throw new StateRestoreException(
          "Expected a file of state entries, but it can't be read: " + e + advice(path), e);
    } catch (RuntimeException e) {
      close(file);
      throw e;
    }
  }

  private static String advice(Path path) {
    return " (" + path + "). Check the checkpoint that it belongs to, or restore another one";
  }

  private StateRestoreException damaged(String what, long offset) {
    return new StateRestoreException(
        "Expected a file of state entries as it was written, but it is damaged: "
            + what
            + " at byte "
            + offset
            + advice(path));
  }

  private void requireVersion(ByteReader prefix) {
    if (prefix.fixed64() != EntriesFormat.MAGIC) {
      throw new StateRestoreException(
          "Expected a file of state entries, but it does not begin as one" + advice(path));
    }
    TaskHeader.requireVersion(prefix.fixed16(), EntriesFormat.VERSION, path.toString());
  }

  private static TaskHeader header(ByteReader in) {
    int maxParallelism = in.fixed32();
    int firstGroup = in.fixed32();
    int endGroup = in.fixed32();
    long nextSequence = in.fixed64();
    List<TaskHeader.State> states = new ArrayList<>();
    for (int left = in.fixed32(); left > 0; left--) {
      String transform = new String(in.lengthPrefixed(), StandardCharsets.UTF_8);
      String stateId = new String(in.lengthPrefixed(), StandardCharsets.UTF_8);
      int number = in.fixed32();
      states.add(new TaskHeader.State(new DictionaryName(transform, stateId), number, in.read()));
    }
    return new TaskHeader(maxParallelism, firstGroup, endGroup, nextSequence, List.copyOf(states));
  }

  private void readIndex() throws IOException {
    long endOffset = file.length() - EntriesFormat.END_BYTES;
    ByteReader end = new ByteReader(read(endOffset, EntriesFormat.END_BYTES));
    long indexOffset = end.fixed64();
    if (end.fixed64() != EntriesFormat.MAGIC) {
      throw damaged("it does not end as one", endOffset);
    }
    ByteReader in = new ByteReader(block(indexOffset, EntriesFormat.INDEX));
    for (int left = in.fixed32(); left > 0; left--) {
      Run run = new Run(in.fixed16(), in.fixed32(), in.fixed64(), in.fixed64());
      runs.put(runId(run.keyGroup(), run.stateNumber()), run);
    }
  }

  private static long runId(int keyGroup, int stateNumber) {
    return (long) keyGroup << 32 | stateNumber & 0xffffffffL;
  }

  @Override
  public TaskHeader header() {
    return header;
  }

  @Override
  public Cursor scan(int keyGroup, int stateNumber) {
    return new RunCursor(runs.get(runId(keyGroup, stateNumber)), keyGroup, stateNumber);
  }

  private byte[] read(long offset, int length) throws IOException {
    if (offset < 0 || length < 0 || offset + length > file.length()) {
      throw new EOFException(
          "Expected " + length + " bytes at " + offset + ", but it has " + file.length());
    }
    byte[] bytes = new byte[length];
    file.seek(offset);
    file.readFully(bytes);
    return bytes;
  }

  /** The payload of the block at the offset. */
  private byte[] block(long offset, int kind) throws IOException {
    byte[] head = read(offset, EntriesFormat.BLOCK_HEAD_BYTES);
    ByteReader in = new ByteReader(head);
    int foundKind = in.read();
    if (foundKind != kind) {
      throw damaged(
          "a block of kind " + foundKind + " where one of " + kind + " should be", offset);
    }
    byte[] payload = read(offset + EntriesFormat.BLOCK_HEAD_BYTES, in.fixed32());
    int stored =
        new ByteReader(read(file.getFilePointer(), EntriesFormat.CHECKSUM_BYTES)).fixed32();
    int found = EntriesFormat.checksum(head, payload, payload.length);
    if (stored != found) {
      throw damaged(
          "a block with checksum "
              + Integer.toHexString(found)
              + " which was written with "
              + Integer.toHexString(stored),
          offset);
    }
    return payload;
  }

  @Override
  public void close() {
    close(file);
  }

  private static void close(@Nullable RandomAccessFile file) {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw new StateRestoreException("Expected a file of state entries to close: " + e, e);
      }
    }
  }

  /** Walks the blocks of one run. */
  private final class RunCursor implements Cursor {
    private final byte[] prefix;
    private long nextOffset;
    private long left;
    private ByteReader block = new ByteReader(new byte[0]);
    private byte @Nullable [] key;
    private byte @Nullable [] value;

    RunCursor(@Nullable Run run, int keyGroup, int stateNumber) {
      prefix = StateKeyLayout.statePrefix(keyGroup, stateNumber);
      nextOffset = run == null ? 0 : run.offset();
      left = run == null ? 0 : run.entries();
    }

    @Override
    public boolean next() {
      if (left == 0) {
        if (block.remaining() > 0) {
          throw damaged("more entries than the index says", nextOffset);
        }
        key = null;
        return false;
      }
      left--;
      try {
        readEntry();
      } catch (IOException | IllegalArgumentException e) {
        throw damaged("entries that can't be read (" + e.getMessage() + ")", nextOffset);
      }
      return true;
    }

    private void readEntry() throws IOException {
      byte[] before = key;
      if (block.remaining() == 0) {
        byte[] payload = block(nextOffset, EntriesFormat.ENTRIES);
        nextOffset +=
            EntriesFormat.BLOCK_HEAD_BYTES + payload.length + EntriesFormat.CHECKSUM_BYTES;
        block = new ByteReader(payload);
        before = new byte[0];
      }
      int shared = block.varint();
      byte[] rest = block.lengthPrefixed();
      if (before == null || shared < 0 || shared > before.length) {
        throw damaged("a key that shares " + shared + " bytes with none", nextOffset);
      }
      byte[] whole = Arrays.copyOf(before, shared + rest.length);
      System.arraycopy(rest, 0, whole, shared, rest.length);
      if (Arrays.mismatch(whole, prefix) != prefix.length && !Arrays.equals(whole, prefix)) {
        throw damaged("a key of another state or key group", nextOffset);
      }
      key = whole;
      value = block.lengthPrefixed();
    }

    @Override
    public byte[] key() {
      return current(key);
    }

    @Override
    public byte[] value() {
      return current(value);
    }

    private byte[] current(byte @Nullable [] bytes) {
      if (key == null || bytes == null) {
        throw new NoSuchElementException(
            "Expected an entry under the cursor, but it stands at none");
      }
      return bytes;
    }

    @Override
    public void close() {}
  }
}
