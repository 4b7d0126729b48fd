package dev.lintel.runner.grouping;

import dev.lintel.state.EncodedKey;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of groups by encoded key and window, with linear probing.
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
        return order != 0 ? order : Arrays.compareUnsigned(one.key, other.key);
      };

  /** Order of runs if windows merge: the windows of one key stand together. */
  static final Comparator<Group> BY_KEY =
      (one, other) -> {
        int order = Integer.compareUnsigned(one.keyHash, other.keyHash);
        return order != 0 ? order : Arrays.compareUnsigned(one.key, other.key);
      };

  private static final int CAPACITY_MIN = 64;
  private static final int HASH_BITS = 32;

  /** A group and its place; the table is at most half full. */
  private static final int GROUP_BYTES = 40 + 12;

  private static final int ARRAY_HEADER_BYTES = 16;

  /** An interval window with its two instants. */
  private static final int WINDOW_BYTES = 72;

  private @Nullable Group[] places = new Group[CAPACITY_MIN];
  private int shift = shiftOf(CAPACITY_MIN);
  private int size;
  private long heapBytes;

  /** The window of the last new group: neighbours mostly share theirs. */
  private @Nullable BoundedWindow lastWindow;

  private static int shiftOf(int capacity) {
    return HASH_BITS - Integer.numberOfTrailingZeros(capacity);
  }

  /** The place of a group, or the empty place where it belongs. */
  int place(EncodedKey key, BoundedWindow window, int hash) {
    int mask = places.length - 1;
    int place = hash >>> shift;
    for (Group at = places[place]; at != null; at = places[place]) {
      if (at.hash == hash
          && Arrays.equals(at.key, key.bytes())
          && (at.window == window || at.window.equals(window))) {
        return place;
      }
      place = (place + 1) & mask;
    }
    return place;
  }

  /** The hash of a group. */
  static int hash(EncodedKey key, BoundedWindow window) {
    // A multiplication spreads the windows of one key over the table.
    return key.hashCode() + GroupWindows.hash(window) * 0x9e3779b9;
  }

  @Nullable Group at(int place) {
    return places[place];
  }

  /** Puts a new group to its place. */
  Group insert(int place, EncodedKey key, BoundedWindow window, int hash) {
    BoundedWindow shared = lastWindow;
    if (shared == null || !shared.equals(window)) {
      shared = window;
      lastWindow = window;
      heapBytes += WINDOW_BYTES;
    }
    Group group = new Group(key.bytes(), key.hashCode(), hash, shared);
    places[place] = group;
    size++;
    heapBytes += GROUP_BYTES + ARRAY_HEADER_BYTES + group.key.length;
    if (size * 2 > places.length) {
      grow();
    }
    return group;
  }

  private void grow() {
    @Nullable Group[] old = places;
    places = new Group[old.length * 2];
    shift--;
    int mask = places.length - 1;
    for (Group group : old) {
      if (group != null) {
        int place = group.hash >>> shift;
        while (places[place] != null) {
          place = (place + 1) & mask;
        }
        places[place] = group;
      }
    }
  }

  int size() {
    return size;
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
    @Nullable Group[] groups = new Group[size];
    int count = 0;
    for (Group group : places) {
      if (group != null) {
        groups[count++] = group;
      }
    }
    places = new Group[CAPACITY_MIN];
    shift = shiftOf(CAPACITY_MIN);
    size = 0;
    heapBytes = 0;
    lastWindow = null;
    return groups;
  }
}
