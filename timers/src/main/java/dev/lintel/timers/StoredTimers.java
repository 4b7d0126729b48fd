package dev.lintel.timers;

import dev.lintel.state.TaskState;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one operator and time domain in the store: each under its time, for firing, and
 * under its identity, for finding the timestamp of a timer that is set again or deleted. Writes go
 * to the store in batches.
 *
 * <p><i>Ownership:</i> one {@link TimerQueue}. <i>Invariants:</i> a timer has both records or none,
 * with equal values; what is read has been committed.
 */
final class StoredTimers {
  /** A batch of more bytes is committed. */
  private static final int BATCH_BYTES_MAX = 1 << 19;

  private final OrderedStore store;
  private final OrderedStore.Batch batch;
  private final TimerCodec codec;
  private final int firstGroup;
  private final int endGroup;

  /** Whether the store may have a record. */
  private boolean used;

  StoredTimers(TaskState state, TimerCodec codec) {
    this.store = state.store();
    this.batch = store.batch();
    this.codec = codec;
    this.firstGroup = state.keyGroups().first();
    this.endGroup = state.keyGroups().end();
  }

  /** The timer with this identity, clean, or null if the store has none. */
  @Nullable TimerEntry find(TimerIdentity identity, int keyGroup) {
    commit();
    byte[] value = store.get(codec.idKey(keyGroup, identity));
    if (value == null) {
      return null;
    }
    TimerEntry entry = new TimerEntry(identity, keyGroup);
    codec.readValue(value, entry);
    return entry;
  }

  /** Writes a timer as it is now. */
  void write(TimerEntry timer) {
    int keyGroup = timer.keyGroup();
    if (timer.stored && timer.storedTimestamp != timer.timestamp) {
      batch.delete(codec.timeKey(keyGroup, timer, timer.storedTimestamp));
    }
    ByteWriter value = codec.value(timer);
    batch.put(codec.timeKey(keyGroup, timer, timer.timestamp), value);
    batch.put(codec.idKey(keyGroup, timer), value);
    timer.stored = true;
    timer.storedTimestamp = timer.timestamp;
    used = true;
    commitIfLarge();
  }

  /** Deletes the records of a timer, if it has any. */
  void delete(TimerEntry timer) {
    if (timer.stored) {
      batch.delete(codec.timeKey(timer.keyGroup(), timer, timer.storedTimestamp));
      batch.delete(codec.idKey(timer.keyGroup(), timer));
      timer.stored = false;
      commitIfLarge();
    }
  }

  /** Makes what was written part of the store. */
  void commit() {
    batch.commit();
  }

  /** Deletes all records. */
  void clear() {
    commit();
    if (used) {
      for (int group = firstGroup; group < endGroup; group++) {
        deleteAll(codec.timePrefix(group));
        deleteAll(codec.idPrefix(group));
      }
      used = false;
    }
  }

  private void deleteAll(byte[] prefix) {
    store.deleteRange(prefix, StateKeyLayout.endOf(prefix));
  }

  private void commitIfLarge() {
    if (batch.bytes() > BATCH_BYTES_MAX) {
      batch.commit();
    }
  }

  /** Visits what a restored operator has to know of each timer before it needs the timer itself. */
  void visitAll(HoldVisitor visitor) {
    for (int group = firstGroup; group < endGroup; group++) {
      byte[] prefix = codec.timePrefix(group);
      try (Cursor cursor = store.scan(prefix, StateKeyLayout.endOf(prefix))) {
        while (cursor.next()) {
          used = true;
          byte[] value = cursor.value();
          visitor.visit(codec.holds(value), codec.outputTimestamp(value));
        }
      }
    }
  }

  /** See {@link #visitAll}. */
  interface HoldVisitor {
    void visit(boolean holds, long outputTimestamp);
  }

  /**
   * The timers that are not before {@code timestamp}, in the order of time and tie over all key
   * groups. The caller closes it.
   */
  OrderedScan scanFrom(long timestamp) {
    commit();
    return new OrderedScan(timestamp);
  }

  /** One cursor for each key group that has timers, merged. */
  final class OrderedScan implements AutoCloseable {
    private final List<Cursor> cursors = new ArrayList<>();
    private final PriorityQueue<Head> heads =
        new PriorityQueue<>((a, b) -> TimerEntry.compareByTime(a.timer, b.timer));

    private OrderedScan(long timestamp) {
      try {
        for (int group = firstGroup; group < endGroup; group++) {
          byte[] end = StateKeyLayout.endOf(codec.timePrefix(group));
          Cursor cursor = store.scan(codec.timePrefix(group, timestamp), end);
          if (cursor.next()) {
            cursors.add(cursor);
            heads.add(new Head(codec.decode(cursor.key(), cursor.value()), cursor));
          } else {
            cursor.close();
          }
        }
      } catch (RuntimeException | Error e) {
        close();
        throw e;
      }
    }

    /** The next timer, or null at the end. */
    @Nullable TimerEntry next() {
      Head head = heads.poll();
      if (head == null) {
        return null;
      }
      if (head.cursor.next()) {
        heads.add(new Head(codec.decode(head.cursor.key(), head.cursor.value()), head.cursor));
      }
      return head.timer;
    }

    @Override
    public void close() {
      cursors.forEach(Cursor::close);
    }
  }

  private record Head(TimerEntry timer, Cursor cursor) {}
}
