package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.NamespaceCodec;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore;
import dev.lintel.state.store.OrderedStore.Batch;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.beam.runners.core.StateNamespace;
import org.jspecify.annotations.Nullable;

/**
 * The way of all cells of one task to the store below: buffers that are used again, one write
 * batch, and the sequence numbers that keep appended entries in order.
 *
 * <p><i>Ownership:</i> the task's thread. <i>Invariants:</i> the batch is empty whenever no cell is
 * being written through, so a read never misses a write. {@link #key} and {@link #value} hold what
 * their last user left: nobody keeps them over a call of a coder that could reach state again, and
 * none can.
 */
final class CellStore {
  /** A batch is committed above this size: bounds the memory of a flush. */
  static final long BATCH_BYTES_MAX = 4 << 20;

  /**
   * Up to so many entries are deleted one by one; above, one range deletion is cheaper to read
   * past.
   */
  private static final int POINT_DELETES_MAX = 32;

  /** Sequence numbers are reserved in the store in blocks of this size. */
  private static final long SEQUENCE_BLOCK = 1 << 20;

  final ByteWriter key = new ByteWriter();
  final ByteWriter value = new ByteWriter();

  private final ByteWriter namespace = new ByteWriter();

  /** The one that {@link #namespace} holds. */
  private @Nullable StateNamespace encodedNamespace;

  /** Whether what is written leaves the cache, and may come again soon. */
  boolean evicting;

  private final OrderedStore store;
  private final int maxParallelism;
  private final Batch batch;
  private final PackedValues packed;
  private final StoredReads reads;
  private long nextSequence;
  private long reservedSequence;

  /**
   * @param packedLimit the bytes that packed values may take; read again and again
   */
  CellStore(OrderedStore store, int maxParallelism, LongSupplier packedLimit) {
    this.store = store;
    this.maxParallelism = maxParallelism;
    this.batch = store.batch();
    this.packed = new PackedValues(packedLimit, batch);
    this.reads = new StoredReads();
    byte[] stored = store.get(StateKeyLayout.sequenceKey());
    this.nextSequence = stored == null ? 0 : new ByteReader(stored).fixed64();
    this.reservedSequence = nextSequence;
  }

  /** Begins {@link #key} with the prefix of a cell. Neighbours mostly share their namespace. */
  @SuppressWarnings("ReferenceEquality") // An equal one is only encoded again.
  ByteWriter startKey(Cell cell) {
    if (cell.namespace != encodedNamespace) {
      NamespaceCodec.encode(cell.namespace, namespace.reset());
      encodedNamespace = cell.namespace;
    }
    return StateKeyLayout.cell(
        key,
        KeyGroups.groupOf(cell.entry.key, maxParallelism),
        cell.column.stateNumber,
        cell.entry.key,
        namespace);
  }

  /** Begins {@link #key} with a prefix that was kept. */
  ByteWriter startKey(byte[] prefix) {
    return key.reset().bytes(prefix);
  }

  // ---- cells of one value ----

  /** What is between the cells of one value and the store. */
  PackedValues packed() {
    return packed;
  }

  /** The value of a cell whose only entry is under {@link #key}; valid until the next call. */
  @Nullable ByteReader getValue() {
    int length = packed.find(key);
    if (length != PackedValues.UNKNOWN) {
      return length == PackedValues.ABSENT ? null : packed.value();
    }
    byte[] bytes = store.get(key);
    if (bytes == null) {
      return null;
    }
    packed.keep(key, bytes, bytes.length);
    return new ByteReader(bytes);
  }

  /** Gives a cell whose only entry is under {@link #key} the value {@link #value}. */
  void putValue() {
    if (!evicting) {
      packed.replace(key, value);
      put();
    } else if (!packed.put(key, value)) {
      put();
    }
  }

  /** Whether the value of the cell is packed whose only entry is under {@link #key}. */
  boolean isValueKnown() {
    return packed.find(key) != PackedValues.UNKNOWN;
  }

  /** Packs {@link #value}, which the store has under {@link #key}, where none is packed. */
  void keepValue() {
    packed.keep(key, value.array(), value.size());
  }

  /** Deletes the only entry of a cell, which is under {@link #key}. */
  void deleteValue() {
    if (!evicting) {
      packed.remove(key);
      delete();
    } else if (!packed.putAbsent(key)) {
      delete();
    }
  }

  // ---- entries ----

  /** The value under {@link #key}. */
  byte @Nullable [] get() {
    return store.get(key);
  }

  /** Puts {@link #value} under {@link #key}. */
  void put() {
    batch.put(key, value);
    commitIfLarge();
  }

  /** Deletes {@link #key}. */
  void delete() {
    batch.delete(key);
  }

  /** Deletes the range as stored; what the open batch has put there must be nothing. */
  void deleteRange(byte[] from, byte[] end) {
    List<byte[]> keys = new ArrayList<>();
    try (Cursor cursor = store.scan(from, end)) {
      while (keys.size() <= POINT_DELETES_MAX && cursor.next()) {
        keys.add(cursor.key());
      }
    }
    if (keys.size() > POINT_DELETES_MAX) {
      batch.deleteRange(from, end);
    } else {
      keys.forEach(batch::delete);
    }
  }

  /** Deletes all that is stored of one state. */
  void deleteColumn(int stateNumber, KeyGroupRange keyGroups) {
    for (int group = keyGroups.first(); group < keyGroups.end(); group++) {
      byte[] prefix = StateKeyLayout.statePrefix(group, stateNumber);
      deleteUpTo(prefix, StateKeyLayout.endOf(prefix));
    }
  }

  /** Deletes a range, at once and without a look at it: for one of many cells. */
  void deleteUpTo(byte[] from, byte[] end) {
    packed.clear();
    store.deleteRange(from, end);
  }

  /** Larger than every number given before, in this life of the state and in earlier ones. */
  long nextSequence() {
    if (nextSequence == reservedSequence) {
      reservedSequence += SEQUENCE_BLOCK;
      store.put(StateKeyLayout.sequenceKey(), new ByteWriter().fixed64(reservedSequence).toBytes());
    }
    return nextSequence++;
  }

  Cursor scan(byte[] from, byte[] end) {
    return store.scan(from, end);
  }

  /** Whether anything is stored in the range. */
  boolean hasAny(byte[] from, byte[] end) {
    try (Cursor cursor = store.scan(from, end)) {
      return cursor.next();
    }
  }

  /**
   * The range as it is now, as an iterable that reads piece by piece and that no later write
   * changes.
   */
  <T> Iterable<T> stream(byte[] from, byte[] end, StoredReads.Decoder<T> decoder) {
    return reads.stream(store.snapshot(from, end), decoder);
  }

  private void commitIfLarge() {
    if (batch.bytes() > BATCH_BYTES_MAX) {
      batch.commit();
    }
  }

  /** Ends a round of writing through. */
  void commit() {
    batch.commit();
    reads.closeUnreachable();
  }

  void close() {
    reads.closeAll();
  }
}
