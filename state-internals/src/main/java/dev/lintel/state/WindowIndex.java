package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore;
import dev.lintel.state.store.OrderedStore.Batch;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * Which keys have something to do in a window when its time comes: one agenda for all keys, in
 * place of a timer for each of them.
 *
 * <p>A key is added by a store into an array, and taken out one by one when the window's time has
 * passed. Above a limit, and when it is flushed, memory is written out and emptied: the keys of one
 * window and key group together, some thousand in a chunk, so that a key costs the store a fraction
 * of an operation. Chunks come back one at a time when they are due.
 *
 * <pre>
 * chunk:  keyGroup:2 | stateNumber:4 | time:8 | length, window | first key  ->  (length, key)*
 * </pre>
 *
 * <p><i>Contract:</i> the caller adds a key at most once for each time and window, and again only
 * after it was taken out; keys of one time come in no order. <i>Invariants:</i> a key is in memory
 * or in the store, never in both; so after {@link #flush} the store alone is the index. Chunks stay
 * in their key group, and follow it when groups move. <i>Ownership:</i> one operator of one task.
 * <i>Failure:</i> see {@link OrderedStore}.
 */
public final class WindowIndex {
  /** How much memory an index takes by default, in estimated bytes. */
  public static final int MEMORY_BYTES_MAX = 16 << 20;

  private static final int CHUNK_BYTES_MAX = 64 << 10;
  private static final int BATCH_BYTES_MAX = 1 << 20;

  /** What a key takes beside its bytes: object, array header, and the reference to it. */
  private static final int KEY_OVERHEAD_BYTES = 48;

  private static final int WINDOW_OVERHEAD_BYTES = 256;

  /** As cells are stored: the keys of a chunk find their state in the order of the store. */
  private static final Comparator<EncodedKey> STORED_ORDER =
      (a, b) -> {
        int order = Integer.compare(a.bytes().length, b.bytes().length);
        return order == 0 ? Arrays.compareUnsigned(a.bytes(), b.bytes()) : order;
      };

  private final OrderedStore store;
  private final int stateNumber;
  private final int maxParallelism;
  private final int firstGroup;
  private final Coder<BoundedWindow> windowCoder;
  private final long bytesMax;
  private final Batch batch;
  private final ByteWriter chunkKey = new ByteWriter();
  private final ByteWriter chunk = new ByteWriter();
  private final ByteWriter windowBytes = new ByteWriter();

  private final NavigableMap<Long, Map<BoundedWindow, WindowKeys>> byTime = new TreeMap<>();
  private @Nullable WindowKeys lastAdded;
  private long bytes;

  /** The time of the first stored chunk of each key group; {@code Long.MAX_VALUE} for none. */
  private final long[] storedTimes;

  private long storedMin;

  /** A key whose time in the window has come. */
  public record Due(long timeMillis, BoundedWindow window, EncodedKey key) {}

  /**
   * Opens the index of an operator with what the store has of it.
   *
   * @param windowCoder must be deterministic, as Beam asks of it
   */
  public WindowIndex(
      TaskState state, String transformName, Coder<? extends BoundedWindow> windowCoder) {
    this(state, transformName, windowCoder, MEMORY_BYTES_MAX);
  }

  @SuppressWarnings("unchecked")
  WindowIndex(
      TaskState state,
      String transformName,
      Coder<? extends BoundedWindow> windowCoder,
      long bytesMax) {
    this.store = state.store();
    this.batch = store.batch();
    this.stateNumber = state.stateNumber(transformName, "$keys by window");
    this.maxParallelism = state.maxParallelism();
    this.firstGroup = state.keyGroups().first();
    this.windowCoder = (Coder<BoundedWindow>) windowCoder;
    this.bytesMax = bytesMax;
    this.storedTimes = new long[state.keyGroups().size()];
    for (int group = firstGroup; group < firstGroup + storedTimes.length; group++) {
      byte[] prefix = StateKeyLayout.start(chunkKey, group, stateNumber).toBytes();
      try (Cursor cursor = store.scan(prefix, StateKeyLayout.endOf(prefix))) {
        storedTimes[group - firstGroup] = nextTime(cursor);
      }
    }
    findStoredMin();
  }

  /** Notes that a key has something to do in {@code window} once {@code timeMillis} has passed. */
  public void add(long timeMillis, BoundedWindow window, EncodedKey key) {
    WindowKeys keys = lastAdded;
    if (keys == null || keys.timeMillis != timeMillis || !keys.window.equals(window)) {
      keys = keysOf(timeMillis, window);
      lastAdded = keys;
    }
    keys.add(key);
    bytes += weight(key);
    if (bytes > bytesMax) {
      flush();
    }
  }

  /** The earliest time at which a key has something to do; {@code Long.MAX_VALUE} if none has. */
  public long nextTimeMillis() {
    return byTime.isEmpty() ? storedMin : Math.min(storedMin, byTime.firstKey());
  }

  /** Takes out a key of the earliest time if that is before {@code millis}; null if it is not. */
  public @Nullable Due pollBefore(long millis) {
    if (nextTimeMillis() >= millis) {
      return null;
    }
    if (byTime.isEmpty() || storedMin < byTime.firstKey()) {
      loadChunk();
    }
    Map<BoundedWindow, WindowKeys> windows = byTime.firstEntry().getValue();
    WindowKeys keys = windows.values().iterator().next();
    EncodedKey key = keys.removeLast();
    bytes -= weight(key);
    if (keys.size == 0) {
      forget(windows, keys);
    }
    return new Due(keys.timeMillis, keys.window, key);
  }

  private WindowKeys keysOf(long timeMillis, BoundedWindow window) {
    Map<BoundedWindow, WindowKeys> windows =
        byTime.computeIfAbsent(timeMillis, any -> new LinkedHashMap<>());
    WindowKeys keys = windows.get(window);
    if (keys == null) {
      keys = new WindowKeys(timeMillis, window);
      windows.put(window, keys);
      bytes += WINDOW_OVERHEAD_BYTES;
    }
    return keys;
  }

  private void forget(Map<BoundedWindow, WindowKeys> windows, WindowKeys keys) {
    windows.remove(keys.window);
    if (windows.isEmpty()) {
      byTime.remove(keys.timeMillis);
    }
    bytes -= WINDOW_OVERHEAD_BYTES;
    lastAdded = null;
  }

  private static long weight(EncodedKey key) {
    return KEY_OVERHEAD_BYTES + key.bytes().length;
  }

  // ---- the store ----

  /** Writes what memory has to the store, and empties it. */
  public void flush() {
    for (Map<BoundedWindow, WindowKeys> windows : byTime.values()) {
      windows.values().forEach(this::write);
    }
    batch.commit();
    byTime.clear();
    lastAdded = null;
    bytes = 0;
    findStoredMin();
  }

  private void write(WindowKeys keys) {
    encode(keys.window, windowBytes.reset());
    int[] ends = new int[storedTimes.length];
    EncodedKey[] byGroup = byGroup(keys, ends);
    int start = 0;
    for (int place = 0; place < ends.length; place++) {
      int end = ends[place];
      if (end > start) {
        Arrays.sort(byGroup, start, end, STORED_ORDER);
        writeGroup(place, keys.timeMillis, byGroup, start, end);
      }
      start = end;
    }
  }

  /**
   * The keys sorted by their group.
   *
   * @param ends is filled with where each group ends
   */
  private EncodedKey[] byGroup(WindowKeys keys, int[] ends) {
    for (int i = 0; i < keys.size; i++) {
      ends[place(keys.keys[i])]++;
    }
    int start = 0;
    for (int place = 0; place < ends.length; place++) {
      int count = ends[place];
      ends[place] = start;
      start += count;
    }
    EncodedKey[] sorted = new EncodedKey[keys.size];
    for (int i = 0; i < keys.size; i++) {
      EncodedKey key = keys.keys[i];
      sorted[ends[place(key)]++] = key;
    }
    return sorted;
  }

  private int place(EncodedKey key) {
    return KeyGroups.groupOf(key, maxParallelism) - firstGroup;
  }

  private void writeGroup(int place, long timeMillis, EncodedKey[] keys, int start, int end) {
    int next = start;
    while (next < end) {
      EncodedKey first = keys[next++];
      startChunk(firstGroup + place, timeMillis).lengthPrefixed(windowBytes).bytes(first.bytes());
      chunk.reset();
      while (next < end && chunk.size() < CHUNK_BYTES_MAX) {
        chunk.lengthPrefixed(keys[next++].bytes());
      }
      batch.put(chunkKey, chunk);
      if (batch.bytes() > BATCH_BYTES_MAX) {
        batch.commit();
      }
    }
    storedTimes[place] = Math.min(storedTimes[place], timeMillis);
  }

  /** Moves the first chunk of the earliest time from the store to memory. */
  private void loadChunk() {
    int place = 0;
    while (storedTimes[place] != storedMin) {
      place++;
    }
    int group = firstGroup + place;
    byte[] end = StateKeyLayout.endOf(StateKeyLayout.start(chunkKey, group, stateNumber).toBytes());
    byte[] chunkKeyBytes;
    // Not from the group's beginning: a store slows down where much was deleted.
    try (Cursor cursor = store.scan(startChunk(group, storedMin).toBytes(), end)) {
      if (!cursor.next()) {
        throw new IllegalStateException(
            "Expected keys of time " + storedMin + " in key group " + group + ", but found none");
      }
      chunkKeyBytes = cursor.key();
      load(chunkKeyBytes, cursor.value());
      storedTimes[place] = nextTime(cursor);
    }
    store.delete(chunkKeyBytes);
    findStoredMin();
  }

  private void load(byte[] storedKey, byte[] others) {
    ByteReader in = atTime(storedKey);
    long time = in.orderedLong();
    WindowKeys keys = keysOf(time, decode(in.lengthPrefixed()));
    load(keys, in.rest());
    ByteReader rest = new ByteReader(others);
    while (rest.remaining() > 0) {
      load(keys, rest.lengthPrefixed());
    }
  }

  private void load(WindowKeys keys, byte[] keyBytes) {
    EncodedKey key = new EncodedKey(keyBytes);
    keys.add(key);
    bytes += weight(key);
  }

  private ByteWriter startChunk(int group, long timeMillis) {
    return StateKeyLayout.start(chunkKey, group, stateNumber).orderedLong(timeMillis);
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

  private void findStoredMin() {
    long min = Long.MAX_VALUE;
    for (long time : storedTimes) {
      min = Math.min(min, time);
    }
    storedMin = min;
  }

  private void encode(BoundedWindow window, ByteWriter out) {
    try {
      windowCoder.encode(window, out);
    } catch (IOException | RuntimeException e) {
      throw new StateCoderException(
          "Expected window coder " + windowCoder + " to encode " + window + ", but it failed", e);
    }
  }

  private BoundedWindow decode(byte[] stored) {
    try {
      return windowCoder.decode(new ByteReader(stored));
    } catch (IOException | RuntimeException e) {
      throw new StateCoderException(
          "Expected window coder " + windowCoder + " to decode a stored window, but it failed", e);
    }
  }

  /** The keys of one time and window that are in memory. */
  private static final class WindowKeys {
    final long timeMillis;
    final BoundedWindow window;
    EncodedKey[] keys = new EncodedKey[4];
    int size;

    WindowKeys(long timeMillis, BoundedWindow window) {
      this.timeMillis = timeMillis;
      this.window = window;
    }

    void add(EncodedKey key) {
      if (size == keys.length) {
        keys = Arrays.copyOf(keys, size * 2);
      }
      keys[size++] = key;
    }

    EncodedKey removeLast() {
      EncodedKey key = keys[--size];
      keys[size] = EncodedKey.EMPTY; // Not to keep it reachable.
      return key;
    }
  }
}
