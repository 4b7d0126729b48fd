package dev.lintel.runner.grouping;

import dev.lintel.state.EncodedKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of groups by encoded key and window, with linear probing. The hashes are in an array
 * of their own, so that a look-up reads no group but the right one.
 *
 * <p>The place of a group is given by the high bits of its hash. So the table is all but sorted by
 * hash, which makes sorting it for a run cheap; and the low bits, which the keys of one slot have
 * in common, don't matter.
 */
final class GroupTable {
  /** Order of runs if windows don't merge: any that keeps a group together will do. */
  static final Comparator<Group> BY_HASH =
      (one, other) -> {
        int order = Integer.compareUnsigned(one.hash, other.hash);
        return order != 0 ? order : byKey(one, other);
      };

  /** Order of runs if windows merge: the windows of one key stand together. */
  static final Comparator<Group> BY_KEY =
      (one, other) -> {
        int order = Integer.compareUnsigned(one.keyHash, other.keyHash);
        return order != 0 ? order : byKey(one, other);
      };

  private static final int CAPACITY_MIN = 64;
  private static final int HASH_BITS = 32;

  /** Spreads the windows of one key over the table. */
  private static final int WINDOW_FACTOR = 0x9e3779b9;

  /** A group and its place; the table is at most half full. */
  private static final int GROUP_BYTES = 48 + 24;

  private static final int REFERENCE_BYTES = 8;

  /** An interval window with its two instants. */
  private static final int WINDOW_BYTES = 72;

  /** A smaller table, with all its groups, is in the processor's caches anyway. */
  private static final int PRELOADED_SIZE_MIN = 2_048;

  private @Nullable Group[] places = new Group[CAPACITY_MIN];
  private int[] hashes = new int[CAPACITY_MIN];
  private int shift = shiftOf(CAPACITY_MIN);
  private int size;
  private long heapBytes;

  /** Groups that nothing looks for any more. */
  private final List<Group> closed = new ArrayList<>();

  /** The window of the last new group: neighbours mostly share theirs. */
  private @Nullable BoundedWindow lastWindow;

  /** Depends on all that {@link #preload} has read: it must not be optimised away. */
  int preloaded;

  private static int byKey(Group one, Group other) {
    return EncodedKey.BY_BYTES.compare(one.key(), other.key());
  }

  private static int shiftOf(int capacity) {
    return HASH_BITS - Integer.numberOfTrailingZeros(capacity);
  }

  /**
   * The place of a group, or the empty place where it belongs.
   *
   * @param window null: a key has one group here, of whatever window
   */
  int place(EncodedKey key, @Nullable BoundedWindow window, int hash) {
    int mask = places.length - 1;
    int place = hash >>> shift;
    for (Group at = places[place]; at != null; at = places[place]) {
      if (hashes[place] == hash
          && at.isOf(key)
          && (window == null || at.window == window || at.window.equals(window))) {
        return place;
      }
      place = (place + 1) & mask;
    }
    return place;
  }

  /** Sets a group aside, whose place must be filled with another one of the same hash at once. */
  void close(int place) {
    Group group = places[place];
    if (group != null) {
      closed.add(group);
      places[place] = null;
      size--;
      heapBytes += REFERENCE_BYTES;
    }
  }

  /**
   * Reads what {@link #place} and adding a value are going to read for each of the first {@code
   * count} keys in a window. Nothing here waits for what was read for another key, so the processor
   * fetches several of them from memory at the same time.
   *
   * @param window as for {@link #place}
   */
  void preload(@Nullable EncodedKey[] keys, int count, @Nullable BoundedWindow window) {
    if (size < PRELOADED_SIZE_MIN) {
      return;
    }
    int read = 0;
    int windowHash = window == null ? 0 : GroupWindows.hash(window) * WINDOW_FACTOR;
    for (int i = 0; i < count; i++) {
      EncodedKey key = keys[i];
      Group at = key == null ? null : places[place(key, window, key.hashCode() + windowHash)];
      Object accumulator = at == null ? null : at.accumulator;
      if (accumulator instanceof ValueList values) {
        read += values.preload();
      } else if (accumulator != null) {
        read += accumulator.getClass().hashCode();
      }
    }
    preloaded = read;
  }

  /** The window that most of the groups to come have, as far as is known. */
  @Nullable BoundedWindow lastWindow() {
    return lastWindow;
  }

  /** The hash of a group. */
  static int hash(EncodedKey key, BoundedWindow window) {
    return key.hashCode() + GroupWindows.hash(window) * WINDOW_FACTOR;
  }

  @Nullable Group at(int place) {
    return places[place];
  }

  /** Puts a group to its place that may grow: its window is not shared with others. */
  Group insertGrowing(int place, EncodedKey key, BoundedWindow window) {
    lastWindow = null;
    return insert(place, key, window, key.hashCode());
  }

  /** Puts a new group to its place. */
  Group insert(int place, EncodedKey key, BoundedWindow window, int hash) {
    BoundedWindow shared = lastWindow;
    if (shared == null || !shared.equals(window)) {
      shared = window;
      lastWindow = window;
      heapBytes += WINDOW_BYTES;
    }
    Group group = new Group(key, hash, shared);
    places[place] = group;
    hashes[place] = hash;
    size++;
    heapBytes += GROUP_BYTES + group.keyBytes();
    if (size * 2 > places.length) {
      grow();
    }
    return group;
  }

  private void grow() {
    @Nullable Group[] old = places;
    int[] oldHashes = hashes;
    places = new Group[old.length * 2];
    hashes = new int[old.length * 2];
    shift--;
    int mask = places.length - 1;
    for (int i = 0; i < old.length; i++) {
      Group group = old[i];
      if (group != null) {
        int place = oldHashes[i] >>> shift;
        while (places[place] != null) {
          place = (place + 1) & mask;
        }
        places[place] = group;
        hashes[place] = oldHashes[i];
      }
    }
  }

  int size() {
    return size + closed.size();
  }

  /** About how much memory the table and its groups take, without their accumulators. */
  long heapBytes() {
    return heapBytes;
  }

  /** All groups, those of one key together; the table is empty then. */
  @Nullable Group[] takeAllByKey() {
    @Nullable Group[] groups = takeAll();
    Arrays.sort(groups, BY_KEY);
    return groups;
  }

  /** All groups in the order of the table, which is empty then. */
  @Nullable Group[] takeAll() {
    @Nullable Group[] groups = closed.toArray(new Group[size()]);
    int count = closed.size();
    closed.clear();
    for (Group group : places) {
      if (group != null) {
        groups[count++] = group;
      }
    }
    places = new Group[CAPACITY_MIN];
    hashes = new int[CAPACITY_MIN];
    shift = shiftOf(CAPACITY_MIN);
    size = 0;
    heapBytes = 0;
    lastWindow = null;
    return groups;
  }
}
