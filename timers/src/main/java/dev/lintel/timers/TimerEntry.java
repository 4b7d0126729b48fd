package dev.lintel.timers;

import dev.lintel.state.DirtyList;
import dev.lintel.state.EncodedKey;

/**
 * One timer that is set, as {@link TimerQueue} keeps it in memory.
 *
 * <p><i>Ownership:</i> the queue that made it; fields are written by {@link TimerQueue}, {@link
 * TimerOrder} and {@link StoredTimers} only.
 */
final class TimerEntry extends TimerIdentity implements DirtyList.Member {
  /** Orders timers of one timestamp: key group in the high half, hash of the key in the low. */
  final long tie;

  long timestamp;
  long outputTimestamp;
  boolean causedByDrain;
  boolean holds;

  /** In the head. False: in the tail, of which memory holds only part, or no longer set. */
  boolean inHead;

  /**
   * The time of its slot in {@link TimerOrder} that counts: not after {@link #timestamp}; other
   * slots of this entry are void.
   */
  long slotTime;

  /**
   * The last {@link TimerOrder#settle} that has met this entry: it takes only one of two equal
   * slots.
   */
  int seenInSettle;

  /** Whether the store has a record of this timer, and under which timestamp. */
  boolean stored;

  long storedTimestamp;

  /** Whether the store's record is missing or old: the place among those to be written. */
  private int dirtyPlace = DirtyList.NOWHERE;

  /** Set again since the last time that tail entries were dropped from memory. */
  boolean touched;

  TimerEntry(TimerIdentity identity, int keyGroup) {
    super(identity);
    this.tie = (long) keyGroup << 32 | (identity.key.hashCode() & 0xffffffffL);
  }

  @Override
  public int dirtyPlace() {
    return dirtyPlace;
  }

  @Override
  public void dirtyPlace(int place) {
    dirtyPlace = place;
  }

  boolean isDirty() {
    return dirtyPlace != DirtyList.NOWHERE;
  }

  int keyGroup() {
    return (int) (tie >>> 32);
  }

  /**
   * The order of timers with the same timestamp and tie: almost always those of one key. As Beam's
   * {@code TimerData}.
   */
  @SuppressWarnings("ReferenceEquality") // Entries are identities.
  int compareIdentity(TimerEntry that) {
    int order = EncodedKey.BY_BYTES.compare(key, that.key);
    if (order == 0) {
      order = id.compareTo(that.id);
    }
    if (order == 0) {
      order = family.compareTo(that.family);
    }
    if (order == 0 && !namespace.equals(that.namespace)) {
      order = namespace.stringKey().compareTo(that.namespace.stringKey());
    }
    return order;
  }

  static int compareByTime(TimerEntry a, TimerEntry b) {
    int order = Long.compare(a.timestamp, b.timestamp);
    if (order == 0) {
      order = Long.compare(a.tie, b.tie);
    }
    return order == 0 ? a.compareIdentity(b) : order;
  }
}
