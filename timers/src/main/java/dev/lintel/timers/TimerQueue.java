package dev.lintel.timers;

import dev.lintel.state.DirtyList;
import dev.lintel.state.HoldListener;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one operator in one time domain, in the order of (timestamp, key group, hash of the
 * key).
 *
 * <p>They are cut in two. The <i>head</i>, all timers before the boundary, is in memory, in order
 * and in a table. The <i>tail</i>, all timers from the boundary on, is in the store; memory holds
 * those of them that were set lately, until room is needed. A timer that is set and fires in the
 * head before {@link #flush} never reaches the store.
 *
 * <pre>{@code
 *           boundary
 * head        |  tail                         limit 4, timers at 1 to 6 were set:
 * 1  2        |  3  4  5  6   (store)         the later half was written when the fifth came
 *    ^ order, table  ^ 4 set again: in the table as well, dirty if it moved
 * }</pre>
 *
 * <p><i>Ownership:</i> one {@link KeyedTimerInternals}. <i>Invariants:</i> the table holds every
 * timer of the head; a timer that is set and not in the table is in the store, in the tail. Timers
 * of the boundary's own (timestamp, key group, hash) may be on both sides of it, the ones set last
 * in the tail. After {@link #flush} the store holds exactly the timers that are set.
 */
final class TimerQueue {
  private final StoredTimers stored;
  private final HoldListener holds;
  private final HoldRule rule;
  private final int inMemoryMax;
  private TimerTable table = new TimerTable();
  private TimerOrder order = new TimerOrder();
  private final DirtyList<TimerEntry> dirty = new DirtyList<>();

  private long count;
  private int headCount;
  private boolean hasTail;
  private long boundaryTimestamp;
  private long boundaryTie;

  TimerQueue(StoredTimers stored, HoldListener holds, HoldRule rule, int inMemoryMax) {
    this.stored = stored;
    this.holds = holds;
    this.rule = rule;
    this.inMemoryMax = inMemoryMax;
    stored.visitAll(this::countRestored);
    hasTail = count > 0;
    boundaryTimestamp = Long.MIN_VALUE;
  }

  private void countRestored(boolean held, long outputTimestamp) {
    count++;
    if (held) {
      holds.holdAdded(outputTimestamp);
    }
  }

  /** How many timers are set, in memory or not. */
  long count() {
    return count;
  }

  int inMemory() {
    return table.size();
  }

  /** Whether seven eighths of the timers that memory may hold are there. */
  boolean isNearlyFull() {
    return table.size() >= inMemoryMax - inMemoryMax / 8;
  }

  void set(TimerIdentity identity, int keyGroup, TimerTarget target) {
    TimerEntry entry = find(identity, keyGroup);
    if (entry == null) {
      entry = new TimerEntry(identity, keyGroup);
      count++;
      table.add(entry);
      assign(entry, target);
      place(entry);
    } else {
      entry.touched = true;
      if (!target.isOf(entry)) {
        change(entry, target);
      }
    }
    if (table.size() > inMemoryMax) {
      makeRoom();
    }
  }

  private void change(TimerEntry entry, TimerTarget target) {
    boolean held = entry.holds;
    long heldAt = entry.outputTimestamp;
    assign(entry, target);
    if (held) {
      holds.holdRemoved(heldAt);
    }
    place(entry);
  }

  void delete(TimerIdentity identity, int keyGroup) {
    TimerEntry entry = find(identity, keyGroup);
    if (entry != null) {
      forget(entry);
      order.dropVoidIfMany(headCount);
    }
  }

  /**
   * Removes the first timer if its timestamp is before {@code now}; null if it is not or there is
   * none.
   */
  @Nullable TimerEntry pollBefore(long now) {
    TimerEntry first = first();
    if (first == null || first.timestamp >= now) {
      return null;
    }
    order.removeFirst();
    forget(first);
    return first;
  }

  /** The smallest timestamp, or {@link Long#MAX_VALUE} if no timer is set. */
  long nextTimestamp() {
    TimerEntry first = first();
    return first == null ? Long.MAX_VALUE : first.timestamp;
  }

  /** Deletes all timers, and lets go of what they hold. */
  void clear() {
    if (count > 0) {
      flush();
      stored.visitAll(this::letGo);
    }
    stored.clear();
    table = new TimerTable();
    order = new TimerOrder();
    count = 0;
    headCount = 0;
    hasTail = false;
  }

  private void letGo(boolean held, long outputTimestamp) {
    if (held) {
      holds.holdRemoved(outputTimestamp);
    }
  }

  /** Writes what the store does not have yet; memory keeps what it holds. */
  void flush() {
    dirty.flush(stored::write);
    stored.commit();
  }

  /** Visits every timer in order, after a flush. */
  void forEach(Consumer<TimerEntry> visitor) {
    flush();
    try (StoredTimers.OrderedScan scan = stored.scanFrom(Long.MIN_VALUE)) {
      for (TimerEntry next = scan.next(); next != null; next = scan.next()) {
        visitor.accept(next);
      }
    }
  }

  /** See {@code StoredPart.flushSome}. */
  boolean flushSome(int max) {
    boolean left = dirty.flushSome(max, stored::write);
    stored.commit();
    return left;
  }

  /** How many timers {@link #flush} would write. */
  int unwritten() {
    return dirty.size();
  }

  private @Nullable TimerEntry first() {
    TimerEntry first = order.peek();
    if (first == null && hasTail) {
      loadHead();
      first = order.peek();
    }
    return first;
  }

  /** The timer with this identity; if only the store had it, memory has it as well now. */
  private @Nullable TimerEntry find(TimerIdentity identity, int keyGroup) {
    TimerEntry entry = table.find(identity);
    if (entry == null && count > table.size()) {
      entry = stored.find(identity, keyGroup);
      if (entry != null) {
        table.add(entry);
      }
    }
    return entry;
  }

  private void assign(TimerEntry entry, TimerTarget target) {
    entry.timestamp = target.timestamp();
    entry.outputTimestamp = target.outputTimestamp();
    entry.causedByDrain = target.causedByDrain();
    entry.holds = rule.holds(entry, entry.timestamp, entry.outputTimestamp);
    if (!entry.isDirty()) {
      dirty.add(entry);
    }
    if (entry.holds) {
      holds.holdAdded(entry.outputTimestamp);
    }
  }

  /**
   * Brings a new or changed timer to its side of the boundary and, in the head, to its place in the
   * order.
   */
  private void place(TimerEntry entry) {
    if (isInTail(entry)) {
      if (entry.inHead) {
        entry.inHead = false;
        headCount--;
      }
    } else if (!entry.inHead) {
      entry.inHead = true;
      headCount++;
      order.push(entry);
    } else if (entry.timestamp < entry.slotTime) {
      order.push(entry);
    }
    order.dropVoidIfMany(headCount);
  }

  private boolean isInTail(TimerEntry entry) {
    return hasTail
        && (entry.timestamp > boundaryTimestamp
            || (entry.timestamp == boundaryTimestamp && entry.tie >= boundaryTie));
  }

  /** Takes a timer out of memory and store: it fires, or is deleted. */
  private void forget(TimerEntry entry) {
    table.remove(entry);
    dirty.remove(entry);
    stored.delete(entry);
    count--;
    if (entry.inHead) {
      entry.inHead = false;
      headCount--;
    }
    if (entry.holds) {
      holds.holdRemoved(entry.outputTimestamp);
    }
    if (count == 0) {
      hasTail = false;
    }
  }

  private void writeIfDirty(TimerEntry entry) {
    if (entry.isDirty()) {
      dirty.remove(entry);
      stored.write(entry);
    }
  }

  // ---- moving timers between memory and store ----

  /**
   * Drops the tail from memory if there is much of it, else cuts off the later half of the head.
   */
  private void makeRoom() {
    int tailInMemory = table.size() - headCount;
    if (tailInMemory > inMemoryMax / 4) {
      int before = table.size();
      dropTail(true);
      if (before - table.size() <= inMemoryMax / 8) {
        dropTail(false);
      }
    } else {
      spillHalf();
    }
  }

  /**
   * Writes timers of the tail and removes them from memory, those that were set again lately only
   * if told to.
   */
  private void dropTail(boolean keepTouched) {
    table.retain(
        entry -> {
          if (entry.inHead || (keepTouched && entry.touched)) {
            entry.touched = false;
            return true;
          }
          writeIfDirty(entry);
          return false;
        });
  }

  private void spillHalf() {
    int size = order.settle();
    int cut = size / 2;
    boundaryTimestamp = order.at(cut).timestamp;
    boundaryTie = order.at(cut).tie;
    hasTail = true;
    for (int place = cut; place < size; place++) {
      TimerEntry entry = order.at(place);
      entry.inHead = false;
      writeIfDirty(entry);
      table.remove(entry);
    }
    headCount = cut;
    order.truncate(cut);
  }

  /**
   * Fills the empty head with the first timers of the tail. All that the store has is the tail
   * then.
   */
  private void loadHead() {
    if (headCount != 0) {
      throw new IllegalStateException(
          "Expected an empty head, but it has " + headCount + " timers");
    }
    if (table.size() == count) {
      hasTail = false;
      table.forEach(this::place);
      return;
    }
    dropTail(false);
    int room = inMemoryMax / 2;
    hasTail = false;
    try (StoredTimers.OrderedScan scan = stored.scanFrom(boundaryTimestamp)) {
      for (TimerEntry next = scan.next(); next != null; next = scan.next()) {
        if (headCount == room) {
          hasTail = true;
          boundaryTimestamp = next.timestamp;
          boundaryTie = next.tie;
          return;
        }
        table.add(next);
        next.inHead = true;
        headCount++;
        order.push(next);
      }
    }
    if (headCount != count) {
      throw new IllegalStateException(
          "Expected " + count + " timers in the store, but found " + headCount);
    }
  }
}
