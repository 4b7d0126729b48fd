package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.OrderedStore.Cursor;
import org.apache.beam.runners.core.StateNamespace;
import org.jspecify.annotations.Nullable;

/**
 * A cell of one value, stored as one entry under the cell's prefix.
 *
 * @param <V> the decoded value
 */
abstract class SingleCell<V> extends Cell {
  private @Nullable V value;

  /** Whether {@link #value} and {@link #present} say what the cell holds. */
  private boolean loaded;

  private boolean present;

  /** Whether the store may have an entry; meaningful once loaded. */
  private boolean stored;

  SingleCell(Column column, KeyEntry entry, StateNamespace namespace) {
    super(column, entry, namespace);
  }

  @Override
  final int preload() {
    V current = value;
    return current == null ? 0 : current.getClass().hashCode();
  }

  abstract void encode(V value, ByteWriter out);

  abstract V decode(ByteReader in);

  final boolean isPresent() {
    load();
    return present;
  }

  /** The value, null if there is none; a value that was prepared counts. */
  final @Nullable V value() {
    load();
    return value;
  }

  final void set(@Nullable V newValue) {
    value = newValue;
    present = true;
    touched();
    markDirty();
    if (column.sampleDue()) {
      measure();
    }
  }

  /** Keeps a value for the next change, without the cell holding anything by it. */
  final void prepare(V newValue) {
    value = newValue;
  }

  final void unset() {
    value = null;
    present = false;
    touched();
    markCleared(stored);
  }

  /** From here on memory knows better than the store, which need not be read. */
  private void touched() {
    if (!loaded) {
      loaded = true;
      stored = column.mayBeStored(namespace);
    }
  }

  private void load() {
    if (loaded) {
      return;
    }
    ByteReader stored = null;
    if (column.mayBeStored(namespace)) {
      CellStore store = store();
      store.startKey(this);
      stored = store.getValue();
    }
    adopt(stored);
  }

  @Override
  final void load(Cursor entries) {
    adopt(entries.next() ? new ByteReader(entries.value()) : null);
  }

  /** Takes what the store has, null for nothing. */
  private void adopt(@Nullable ByteReader encoded) {
    if (encoded != null) {
      int bytes = encoded.remaining();
      value = decode(encoded);
      weigh(CELL_WEIGHT + Column.weight(bytes));
    }
    present = encoded != null;
    stored = present;
    loaded = true;
  }

  @SuppressWarnings("NullAway") // A value that is null is one that its coder takes.
  private void measure() {
    ByteWriter out = store().value.reset();
    encode(value, out);
    column.sampled(out.size());
    weigh(CELL_WEIGHT + Column.weight(out.size()));
  }

  @Override
  @SuppressWarnings("NullAway") // As above.
  final void write(CellStore store) {
    if (present) {
      encode(value, store.value.reset());
      store.startKey(this);
      store.putValue();
      stored = true;
      column.stored(namespace);
    } else if (stored) {
      store.startKey(this);
      store.deleteValue();
      stored = false;
    }
  }

  @Override
  @SuppressWarnings("NullAway") // As above.
  final void keepNear() {
    CellStore store = store();
    if (loaded && present) {
      store.startKey(this);
      if (!store.isValueKnown()) {
        encode(value, store.value.reset());
        store.keepValue();
      }
    }
  }

  @Override
  final void forget() {
    value = null;
    loaded = false;
    present = false;
  }

  @Override
  final boolean isIdle() {
    return !present;
  }
}
