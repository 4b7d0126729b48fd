package dev.lintel.state;

import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore.Batch;
import java.util.Arrays;
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
 * passed. The store has two sets of chunks ({@link WindowChunks}):
 *
 * <ul>
 *   <li><i>saved</i>: a copy of what memory has, for snapshots. {@link #flush} writes what has come
 *       since the last one. When a window begins to fire, its saved chunks are deleted.
 *   <li><i>stored</i>: what memory has no room for. Above a limit, memory is written there and
 *       emptied. Chunks come back one at a time when they are due.
 * </ul>
 *
 * <p><i>Contract:</i> the caller adds a key at most once for each time and window, and again only
 * after it was taken out; keys of one time come in no order. <i>Invariants:</i> a key is in memory
 * or in a stored chunk, never in both; after {@link #flush} the store alone is the index. An index
 * that is opened reads the saved chunks, which were in memory before. <i>Ownership:</i> one
 * operator of one task. <i>Failure:</i> see {@code OrderedStore}.
 */
public final class WindowIndex implements StoredPart {
  /** How much memory an index takes by default, in estimated bytes. */
  public static final int MEMORY_BYTES_MAX = 16 << 20;

  static final String BY_WINDOW = "keys by window";

  /** To write a key takes so much less than to write a cell. */
  private static final int KEYS_PER_ENTRY = 32;

  private final Batch batch;
  private final WindowChunks saved;
  private final WindowChunks stored;
  private final int firstGroup;
  private final long bytesMax;

  private final NavigableMap<Long, Map<BoundedWindow, WindowKeys>> byTime = new TreeMap<>();
  private @Nullable WindowKeys lastAdded;
  private long bytes;
  private int unsaved;

  /** How many keys the pass of {@link #flushSome} has still to write. */
  private int passLeft;

  /** The time of the first stored chunk of each key group; {@code Long.MAX_VALUE} for none. */
  private final long[] storedTimes;

  private long storedMin;

  /** A key whose time in the window has come. */
  public record Due(long timeMillis, BoundedWindow window, EncodedKey key) {}

  /**
   * Opens the index of an operator with what the store has of it, and attaches it to the state.
   *
   * @param windowCoder must be deterministic, as Beam asks of it
   */
  public WindowIndex(
      TaskState state, String transformName, Coder<? extends BoundedWindow> windowCoder) {
    this(state, transformName, BY_WINDOW, windowCoder);
  }

  /**
   * One of several of an operator.
   *
   * @param name tells them apart in the store: part of its format
   */
  public WindowIndex(
      TaskState state,
      String transformName,
      String name,
      Coder<? extends BoundedWindow> windowCoder) {
    this(state, transformName, name, windowCoder, MEMORY_BYTES_MAX);
  }

  @SuppressWarnings("unchecked")
  WindowIndex(
      TaskState state,
      String transformName,
      String name,
      Coder<? extends BoundedWindow> windowCoder,
      long bytesMax) {
    Coder<BoundedWindow> coder = (Coder<BoundedWindow>) windowCoder;
    this.batch = state.store().batch();
    int storedNumber = state.stateNumber(transformName, "$" + name);
    int savedNumber = state.stateNumber(transformName, "$" + name + ", in memory");
    this.stored = new WindowChunks(state, batch, storedNumber, coder);
    this.saved = new WindowChunks(state, batch, savedNumber, coder);
    this.firstGroup = state.keyGroups().first();
    this.bytesMax = bytesMax;
    this.storedTimes = new long[state.keyGroups().size()];
    Arrays.setAll(storedTimes, place -> stored.firstTime(firstGroup + place));
    findStoredMin();
    saved.readAll(this::load, this::loadedSaved);
    spillIfLarge();
    state.attach(this);
  }

  private void loadedSaved(long timeMillis, BoundedWindow window, byte[] storedKey) {
    WindowKeys keys = keysOf(timeMillis, window);
    unsaved -= keys.unsaved();
    keys.savedUpTo(keys.size());
    long before = keys.bytes();
    keys.addChunk(storedKey);
    bytes += keys.bytes() - before;
  }

  /** Notes that a key has something to do in {@code window} once {@code timeMillis} has passed. */
  public void add(long timeMillis, BoundedWindow window, EncodedKey key) {
    WindowKeys keys = lastAdded;
    if (keys == null || keys.timeMillis != timeMillis || !keys.window.equals(window)) {
      keys = keysOf(timeMillis, window);
      lastAdded = keys;
    }
    add(keys, key);
    spillIfLarge();
  }

  private void add(WindowKeys keys, EncodedKey key) {
    long before = keys.bytes();
    keys.add(key);
    bytes += keys.bytes() - before;
    unsaved++;
  }

  /** The earliest time at which a key has something to do; {@code Long.MAX_VALUE} if none has. */
  public long nextTimeMillis() {
    return byTime.isEmpty() ? storedMin : Math.min(storedMin, byTime.firstKey());
  }

  /** What {@link #pollBefore} would take out now, which stays where it is. */
  public @Nullable Due peekBefore(long millis) {
    WindowKeys keys = firstBefore(millis);
    return keys == null ? null : new Due(keys.timeMillis, keys.window, keys.get(keys.size() - 1));
  }

  /** Takes out a key of the earliest time if that is before {@code millis}; null if it is not. */
  public @Nullable Due pollBefore(long millis) {
    WindowKeys keys = firstBefore(millis);
    if (keys == null) {
      return null;
    }
    if (keys.saved() > 0) {
      unsave(keys);
      batch.commit();
    }
    long before = keys.bytes();
    EncodedKey key = keys.removeLast();
    bytes += keys.bytes() - before;
    unsaved--;
    if (keys.size() == 0) {
      forget(keys);
    }
    return new Due(keys.timeMillis, keys.window, key);
  }

  /** The keys of the earliest time and one of its windows, in memory. */
  private @Nullable WindowKeys firstBefore(long millis) {
    if (nextTimeMillis() >= millis) {
      return null;
    }
    if (byTime.isEmpty() || storedMin < byTime.firstKey()) {
      loadChunk();
    }
    return byTime.firstEntry().getValue().values().iterator().next();
  }

  private WindowKeys keysOf(long timeMillis, BoundedWindow window) {
    Map<BoundedWindow, WindowKeys> windows =
        byTime.computeIfAbsent(timeMillis, any -> new LinkedHashMap<>());
    WindowKeys keys = windows.get(window);
    if (keys == null) {
      keys = new WindowKeys(timeMillis, window);
      windows.put(window, keys);
      bytes += keys.bytes();
    }
    return keys;
  }

  private void forget(WindowKeys keys) {
    Map<BoundedWindow, WindowKeys> windows = byTime.get(keys.timeMillis);
    if (windows != null) {
      windows.remove(keys.window);
      if (windows.isEmpty()) {
        byTime.remove(keys.timeMillis);
      }
    }
    bytes -= keys.bytes();
    lastAdded = null;
  }

  // ---- saving for snapshots ----

  @Override
  public void flush() {
    passLeft = 0;
    save(unsaved);
  }

  @Override
  public boolean flushSome(int entriesMax) {
    if (passLeft == 0) {
      passLeft = unsaved;
    }
    int some = (int) Math.min((long) entriesMax * KEYS_PER_ENTRY, Math.min(passLeft, unsaved));
    save(some);
    passLeft = some == 0 ? 0 : passLeft - some;
    return passLeft > 0;
  }

  @Override
  public int unwritten() {
    return unsaved / KEYS_PER_ENTRY;
  }

  /** Saves so many of the keys that are not. */
  private void save(int count) {
    int left = count;
    for (Map<BoundedWindow, WindowKeys> windows : byTime.values()) {
      for (WindowKeys keys : windows.values()) {
        int some = Math.min(left, keys.unsaved());
        if (some > 0) {
          long before = keys.bytes();
          int end = keys.saved() + some;
          saved.write(keys, keys.saved(), end, keys::addChunk);
          keys.savedUpTo(end);
          bytes += keys.bytes() - before;
          left -= some;
        }
      }
    }
    unsaved -= count - left;
    batch.commit();
  }

  /** Deletes the saved copy of what is about to change. */
  private void unsave(WindowKeys keys) {
    long before = keys.bytes();
    unsaved += keys.saved();
    keys.takeChunks().forEach(batch::delete);
    bytes += keys.bytes() - before;
  }

  // ---- what memory has no room for ----

  private void spillIfLarge() {
    if (bytes > bytesMax) {
      spill();
    }
  }

  /** Writes what memory has to the store, and empties it. */
  private void spill() {
    for (Map<BoundedWindow, WindowKeys> windows : byTime.values()) {
      for (WindowKeys keys : windows.values()) {
        unsave(keys);
        stored.write(keys, 0, keys.size(), chunk -> noteStored(chunk, keys.timeMillis));
      }
    }
    batch.commit();
    byTime.clear();
    lastAdded = null;
    bytes = 0;
    unsaved = 0;
    passLeft = 0;
    findStoredMin();
  }

  private void noteStored(byte[] storedKey, long timeMillis) {
    int place = StateKeyLayout.keyGroupOf(storedKey) - firstGroup;
    storedTimes[place] = Math.min(storedTimes[place], timeMillis);
  }

  /** Moves the first chunk of the earliest time from the store to memory. */
  private void loadChunk() {
    int place = 0;
    while (storedTimes[place] != storedMin) {
      place++;
    }
    storedTimes[place] = stored.take(firstGroup + place, storedMin, this::load);
    findStoredMin();
  }

  private void load(long timeMillis, BoundedWindow window, EncodedKey key) {
    add(keysOf(timeMillis, window), key);
  }

  private void findStoredMin() {
    long min = Long.MAX_VALUE;
    for (long time : storedTimes) {
      min = Math.min(min, time);
    }
    storedMin = min;
  }
}
