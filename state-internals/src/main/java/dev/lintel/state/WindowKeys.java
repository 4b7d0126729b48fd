package dev.lintel.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The keys of one time and window that {@link WindowIndex} has in memory.
 *
 * <p><i>Invariants:</i> the first {@code saved} of {@code keys} are in the store as well, in {@code
 * chunks} and nowhere else; keys are taken out only while {@code saved} is 0.
 */
final class WindowKeys {
  private static final int OVERHEAD_BYTES = 256;

  /** What a key or a chunk takes beside its bytes: object, array header, and the reference. */
  private static final int KEY_OVERHEAD_BYTES = 48;

  final long timeMillis;
  final BoundedWindow window;

  private EncodedKey[] keys = new EncodedKey[4];
  private int size;
  private int saved;
  private List<byte[]> chunks = new ArrayList<>(1);
  private long bytes = OVERHEAD_BYTES;

  WindowKeys(long timeMillis, BoundedWindow window) {
    this.timeMillis = timeMillis;
    this.window = window;
  }

  int size() {
    return size;
  }

  int unsaved() {
    return size - saved;
  }

  int saved() {
    return saved;
  }

  /** The memory that this takes, about. */
  long bytes() {
    return bytes;
  }

  void add(EncodedKey key) {
    if (size == keys.length) {
      keys = Arrays.copyOf(keys, size * 2);
    }
    keys[size++] = key;
    bytes += KEY_OVERHEAD_BYTES + key.length();
  }

  EncodedKey get(int place) {
    return keys[place];
  }

  EncodedKey removeLast() {
    EncodedKey key = keys[--size];
    keys[size] = EncodedKey.EMPTY; // Not to keep it reachable.
    bytes -= KEY_OVERHEAD_BYTES + key.length();
    return key;
  }

  /** All keys before {@code end} are in the store now. */
  void savedUpTo(int end) {
    saved = end;
  }

  /** The store has some of the keys in a chunk. */
  void addChunk(byte[] storedKey) {
    chunks.add(storedKey);
    bytes += KEY_OVERHEAD_BYTES + storedKey.length;
  }

  /** The chunks that the store has; the caller deletes them. */
  List<byte[]> takeChunks() {
    List<byte[]> taken = chunks;
    for (byte[] chunk : taken) {
      bytes -= KEY_OVERHEAD_BYTES + chunk.length;
    }
    chunks = new ArrayList<>(1);
    saved = 0;
    return taken;
  }
}
