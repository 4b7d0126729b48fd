package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore;
import dev.lintel.state.store.OrderedStore.Batch;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Keys by time and window in the store: those of one time, window and key group together, some
 * thousand in a chunk, so that a key costs the store a fraction of an operation.
 *
 * <pre>
 * chunk:  keyGroup:2 | stateNumber:4 | time:8 | length, window | first key  ->  (length, key)*
 * </pre>
 *
 * <p>Chunks stay in their key group, and follow it when groups move. <i>Ownership:</i> one {@link
 * WindowIndex}, whose writes go through one batch: what is read has been committed.
 */
final class WindowChunks {
  private static final int CHUNK_BYTES_MAX = 64 << 10;
  private static final int BATCH_BYTES_MAX = 1 << 20;

  private final OrderedStore store;
  private final Batch batch;
  private final int stateNumber;
  private final int maxParallelism;
  private final KeyGroupRange groups;
  private final Coder<BoundedWindow> windowCoder;
  private final ByteWriter chunkKey = new ByteWriter();
  private final ByteWriter chunk = new ByteWriter();
  private final ByteWriter windowBytes = new ByteWriter();

  /** Takes the keys of a chunk, one by one. */
  interface KeyReader {
    void read(long timeMillis, BoundedWindow window, EncodedKey key);
  }

  /**
   * @param batch of the task's store; the caller commits it
   */
  WindowChunks(TaskState state, Batch batch, int stateNumber, Coder<BoundedWindow> windowCoder) {
    this.store = state.store();
    this.batch = batch;
    this.stateNumber = stateNumber;
    this.maxParallelism = state.maxParallelism();
    this.groups = state.keyGroups();
    this.windowCoder = windowCoder;
  }

  /**
   * Writes the keys at the places {@code [from, end)}.
   *
   * @param written is told the stored key of each chunk
   */
  void write(WindowKeys keys, int from, int end, Consumer<byte[]> written) {
    encode(keys.window, windowBytes.reset());
    int[] ends = new int[groups.size()];
    EncodedKey[] byGroup = byGroup(keys, from, end, ends);
    int start = 0;
    for (int place = 0; place < ends.length; place++) {
      if (ends[place] > start) {
        Arrays.sort(byGroup, start, ends[place], EncodedKey.BY_LENGTH);
        writeGroup(keys.timeMillis, byGroup, start, ends[place], written);
      }
      start = ends[place];
    }
  }

  /**
   * The keys sorted by their group.
   *
   * @param ends is filled with where each group ends
   */
  private EncodedKey[] byGroup(WindowKeys keys, int from, int end, int[] ends) {
    for (int i = from; i < end; i++) {
      ends[place(keys.get(i))]++;
    }
    int start = 0;
    for (int place = 0; place < ends.length; place++) {
      int count = ends[place];
      ends[place] = start;
      start += count;
    }
    EncodedKey[] sorted = new EncodedKey[end - from];
    for (int i = from; i < end; i++) {
      EncodedKey key = keys.get(i);
      sorted[ends[place(key)]++] = key;
    }
    return sorted;
  }

  private int place(EncodedKey key) {
    return KeyGroups.groupOf(key, maxParallelism) - groups.first();
  }

  private void writeGroup(
      long timeMillis, EncodedKey[] keys, int start, int end, Consumer<byte[]> written) {
    int group = KeyGroups.groupOf(keys[start], maxParallelism);
    int next = start;
    while (next < end) {
      EncodedKey first = keys[next++];
      startChunk(group, timeMillis).lengthPrefixed(windowBytes).bytes(first.bytes());
      chunk.reset();
      while (next < end && chunk.size() < CHUNK_BYTES_MAX) {
        keys[next++].writeTo(chunk);
      }
      written.accept(chunkKey.toBytes());
      batch.put(chunkKey, chunk);
      if (batch.bytes() > BATCH_BYTES_MAX) {
        batch.commit();
      }
    }
  }

  private ByteWriter startChunk(int group, long timeMillis) {
    return StateKeyLayout.start(chunkKey, group, stateNumber).orderedLong(timeMillis);
  }

  /** The time of the first chunk of a key group; {@code Long.MAX_VALUE} if there is none. */
  long firstTime(int group) {
    byte[] prefix = StateKeyLayout.statePrefix(group, stateNumber);
    try (Cursor cursor = store.scan(prefix, StateKeyLayout.endOf(prefix))) {
      return nextTime(cursor);
    }
  }

  /**
   * Reads all chunks.
   *
   * @param chunkRead is told the stored key of each chunk after its keys
   */
  void readAll(KeyReader reader, ChunkReader chunkRead) {
    for (int group = groups.first(); group < groups.end(); group++) {
      byte[] prefix = StateKeyLayout.statePrefix(group, stateNumber);
      try (Cursor cursor = store.scan(prefix, StateKeyLayout.endOf(prefix))) {
        while (cursor.next()) {
          read(cursor, reader);
          ByteReader in = atTime(cursor.key());
          chunkRead.read(in.orderedLong(), decode(in.lengthPrefixed()), cursor.key());
        }
      }
    }
  }

  /** Takes the stored key of a chunk. */
  interface ChunkReader {
    void read(long timeMillis, BoundedWindow window, byte[] storedKey);
  }

  /**
   * Reads the first chunk of a key group, which is of {@code timeMillis}, and deletes it.
   *
   * @return the time of the group's next chunk; {@code Long.MAX_VALUE} if there is none
   */
  long take(int group, long timeMillis, KeyReader reader) {
    byte[] end = StateKeyLayout.endOf(StateKeyLayout.statePrefix(group, stateNumber));
    byte[] storedKey;
    long next;
    // Not from the group's beginning: a store slows down where much was deleted.
    try (Cursor cursor = store.scan(startChunk(group, timeMillis).toBytes(), end)) {
      if (!cursor.next()) {
        throw new IllegalStateException(
            "Expected keys of time " + timeMillis + " in key group " + group + ", but found none");
      }
      storedKey = cursor.key();
      read(cursor, reader);
      next = nextTime(cursor);
    }
    store.delete(storedKey);
    return next;
  }

  private void read(Cursor cursor, KeyReader reader) {
    ByteReader in = atTime(cursor.key());
    long time = in.orderedLong();
    BoundedWindow window = decode(in.lengthPrefixed());
    reader.read(time, window, new EncodedKey(in.rest()));
    ByteReader others = new ByteReader(cursor.value());
    while (others.remaining() > 0) {
      reader.read(time, window, new EncodedKey(others.lengthPrefixed()));
    }
  }

  private static long nextTime(Cursor cursor) {
    return cursor.next() ? atTime(cursor.key()).orderedLong() : Long.MAX_VALUE;
  }

  private static ByteReader atTime(byte[] storedKey) {
    ByteReader in = new ByteReader(storedKey);
    in.fixed16();
    in.fixed32();
    return in;
  }

  private void encode(BoundedWindow window, ByteWriter out) {
    try {
      windowCoder.encode(window, out);
    } catch (IOException | RuntimeException e) {
      throw failed("encode " + window, e);
    }
  }

  private BoundedWindow decode(byte[] stored) {
    try {
      return windowCoder.decode(new ByteReader(stored));
    } catch (IOException | RuntimeException e) {
      throw failed("decode a stored window", e);
    }
  }

  private StateCoderException failed(String what, Exception cause) {
    return new StateCoderException(
        "Expected window coder " + windowCoder + " to " + what + ", but it failed", cause);
  }
}
