package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;

/**
 * A list ordered by timestamp, then by the order of adding. Each element is stored under {@code
 * timestamp:8 | sequence:8}, so a range of time is a range of the store.
 *
 * <p><i>Invariants:</i> {@code pending} is not stored yet, and is younger than everything stored.
 * {@code deletions} are to be made in the store before {@code pending} is written. If {@code
 * complete}, {@code written} is all that the store holds beside the deletions; otherwise it is
 * empty.
 */
final class OrderedListCell<T> extends CollectionCell implements OrderedListState<T> {
  private static final int DELETIONS_MAX = 64;

  private final Coder<T> coder;
  private final List<KeyRange> deletions = new ArrayList<>();
  private NavigableMap<Long, List<T>> pending = new TreeMap<>();
  private NavigableMap<Long, List<T>> written = new TreeMap<>();
  private boolean complete;
  private boolean stored;
  private boolean large;

  OrderedListCell(Column column, KeyEntry entry, StateNamespace namespace, Coder<T> coder) {
    super(column, entry, namespace);
    this.coder = coder;
  }

  private record KeyRange(byte[] from, byte[] end) {}

  private OrderedListCell<T> here() {
    return live();
  }

  @Override
  void opened() {
    stored = column.mayBeStored(namespace);
    complete = !stored;
  }

  @Override
  public void add(TimestampedValue<T> value) {
    OrderedListCell<T> cell = here();
    cell.pending
        .computeIfAbsent(value.getTimestamp().getMillis(), any -> new ArrayList<>(1))
        .add(value.getValue());
    cell.markDirty();
    cell.grewBy(coder, value.getValue());
    if (cell.isTooLarge()) {
      cell.spill();
      cell.forget();
      cell.weighEmpty();
    }
  }

  @Override
  public Iterable<TimestampedValue<T>> read() {
    return readRange(Instant.ofEpochMilli(Long.MIN_VALUE), Instant.ofEpochMilli(Long.MAX_VALUE));
  }

  @Override
  public Iterable<TimestampedValue<T>> readRange(Instant minTimestamp, Instant limitTimestamp) {
    OrderedListCell<T> cell = here();
    long min = minTimestamp.getMillis();
    long limit = limitTimestamp.getMillis();
    requireOrder(min, limit);
    if (cell.load()) {
      return cell.merged(min, limit);
    }
    cell.spill();
    return cell.store().stream(
        cell.keyOf(min),
        cell.keyOf(limit),
        (key, value) ->
            List.of(
                    TimestampedValue.of(
                        cell.decode(coder, new ByteReader(value)),
                        Instant.ofEpochMilli(cell.timestampOf(key))))
                .iterator());
  }

  @Override
  public void clearRange(Instant minTimestamp, Instant limitTimestamp) {
    OrderedListCell<T> cell = here();
    long min = minTimestamp.getMillis();
    long limit = limitTimestamp.getMillis();
    requireOrder(min, limit);
    cell.pending.subMap(min, limit).clear();
    cell.written.subMap(min, limit).clear();
    if (cell.stored && min < limit) {
      cell.deletions.add(new KeyRange(cell.keyOf(min), cell.keyOf(limit)));
      cell.markDirty();
      if (cell.deletions.size() > DELETIONS_MAX) {
        cell.spill();
      }
    }
  }

  @Override
  public void clear() {
    OrderedListCell<T> cell = here();
    if (cell.stored) {
      cell.deletions.clear();
      cell.deletions.add(new KeyRange(cell.prefix(), cell.prefixEnd()));
    }
    cell.markCleared(!cell.deletions.isEmpty());
    cell.forget();
    cell.stored = false;
    cell.complete = true;
    cell.weighEmpty();
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> here().holdsNothing());
  }

  @Override
  public OrderedListState<T> readLater() {
    return this;
  }

  @Override
  public OrderedListState<T> readRangeLater(Instant minTimestamp, Instant limitTimestamp) {
    return this;
  }

  private boolean holdsNothing() {
    if (!pending.isEmpty()) {
      return false;
    }
    if (load()) {
      return pending.isEmpty() && written.isEmpty();
    }
    spill();
    return !store().hasAny(prefix(), prefixEnd());
  }

  private Iterable<TimestampedValue<T>> merged(long min, long limit) {
    SortedMap<Long, List<T>> older = written.subMap(min, limit);
    SortedMap<Long, List<T>> younger = pending.subMap(min, limit);
    NavigableMap<Long, List<T>> all = new TreeMap<>(older);
    younger.forEach((timestamp, values) -> all.merge(timestamp, values, OrderedListCell::joined));
    List<TimestampedValue<T>> result = new ArrayList<>();
    all.forEach(
        (timestamp, values) -> {
          Instant instant = Instant.ofEpochMilli(timestamp);
          values.forEach(value -> result.add(TimestampedValue.of(value, instant)));
        });
    return new ListPrefix<>(result);
  }

  private static <T> List<T> joined(List<T> older, List<T> younger) {
    List<T> all = new ArrayList<>(older);
    all.addAll(younger);
    return all;
  }

  /** Whether memory has the whole list; tries to read it if not. */
  private boolean load() {
    if (complete || large) {
      return complete;
    }
    if (!deletions.isEmpty()) {
      spill();
    }
    NavigableMap<Long, List<T>> loaded = new TreeMap<>();
    long weight = weight();
    try (Cursor cursor = store().scan(prefix(), prefixEnd())) {
      while (cursor.next()) {
        byte[] value = cursor.value();
        loaded
            .computeIfAbsent(timestampOf(cursor.key()), any -> new ArrayList<>(1))
            .add(decode(coder, new ByteReader(value)));
        weight += CELL_WEIGHT + Column.weight(value.length);
        if (weight > weightMax()) {
          large = true;
          return false;
        }
      }
    }
    written = loaded;
    complete = true;
    weigh(weight);
    return true;
  }

  @Override
  void write(CellStore store) {
    for (KeyRange range : deletions) {
      store.deleteRange(range.from, range.end);
    }
    deletions.clear();
    if (pending.isEmpty()) {
      return;
    }
    pending.forEach(
        (timestamp, values) -> {
          for (T value : values) {
            encode(coder, value, store.value.reset());
            store.startKey(prefix()).orderedLong(timestamp).fixed64(store.nextSequence());
            store.put();
          }
        });
    stored = true;
    column.stored(namespace);
    if (complete) {
      pending.forEach(
          (timestamp, values) -> written.merge(timestamp, values, OrderedListCell::joined));
    }
    pending = new TreeMap<>();
  }

  @Override
  void forget() {
    pending = new TreeMap<>();
    written = new TreeMap<>();
    large = false;
    complete = !stored;
  }

  @Override
  boolean isIdle() {
    return pending.isEmpty() && written.isEmpty();
  }

  private byte[] keyOf(long timestamp) {
    return store().startKey(prefix()).orderedLong(timestamp).toBytes();
  }

  private long timestampOf(byte[] key) {
    int prefix = prefix().length;
    return new ByteReader(key, prefix, key.length - prefix).orderedLong();
  }

  private static void requireOrder(long min, long limit) {
    if (min > limit) {
      throw new IllegalArgumentException(
          "Expected a range of timestamps with a minimum of at most its limit, but the minimum is "
              + Instant.ofEpochMilli(min)
              + " and the limit "
              + Instant.ofEpochMilli(limit));
    }
  }
}
