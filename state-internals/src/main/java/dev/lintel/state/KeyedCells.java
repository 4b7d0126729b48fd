package dev.lintel.state;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateContext;
import org.jspecify.annotations.Nullable;

/**
 * The state of one operator in one task: finds the cells of the current key in the cache, and makes
 * the ones that are not there.
 *
 * <p><i>Invariants:</i> at most one attached cell for each address; {@link #current} may have been
 * evicted since it was set, and is looked up again then. <i>Ownership:</i> the task's thread.
 */
final class KeyedCells implements KeyedStateInternals {
  final String transformName;
  final CellCache cache;
  final CellStore store;
  final HoldListener holds;

  private final StoredTaskState task;
  private final KeyTable table = new KeyTable();
  private final List<Column> columns = new ArrayList<>();
  private @Nullable KeyEntry current;
  private @Nullable Object currentKey;
  private boolean keepsKeys;

  KeyedCells(
      String transformName,
      StoredTaskState task,
      CellCache cache,
      CellStore store,
      HoldListener holds) {
    this.transformName = transformName;
    this.task = task;
    this.cache = cache;
    this.store = store;
    this.holds = holds;
  }

  @Override
  public void setCurrentKey(EncodedKey key, @Nullable Object value) {
    currentKey = value;
    KeyEntry entry = current;
    if (entry == null || !entry.attached || !entry.isOf(key)) {
      cache.reclaim();
      entry = table.findPreloaded(key);
      if (entry == null) {
        current = newEntry(key); // Not referenced: a key that comes once need not stay.
        return;
      }
      current = entry;
    }
    entry.referenced = true;
  }

  @Override
  public void preload(@Nullable EncodedKey[] keys, int count) {
    table.preload(keys, count);
  }

  @Override
  public @Nullable Object getKey() {
    return currentKey;
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T extends State> T state(
      StateNamespace namespace, StateTag<T> address, StateContext<?> context) {
    cache.reclaim();
    KeyEntry entry = currentEntry(address);
    Cell cell = entry.find(namespace, address);
    if (cell == null) {
      return address
          .getSpec()
          .bind(address.getId(), new CellBinder(this, entry, namespace, address, context));
    }
    cell.context(context);
    return (T) cell;
  }

  private KeyEntry currentEntry(StateTag<?> address) {
    KeyEntry entry = current;
    if (entry == null) {
      throw new IllegalStateException(
          "Expected a current key for state '"
              + address.getId()
              + "' of transform '"
              + transformName
              + "', but none was set");
    }
    if (!entry.attached) {
      entry = entry(entry.key);
      current = entry;
    }
    return entry;
  }

  /** The attached entry of a key, made when it is missing. */
  private KeyEntry entry(EncodedKey key) {
    KeyEntry entry = table.find(key);
    return entry == null ? newEntry(key) : entry;
  }

  private KeyEntry newEntry(EncodedKey key) {
    int keyGroup = KeyGroups.groupOf(key, task.maxParallelism());
    if (!task.keyGroups().contains(keyGroup)) {
      throw new IllegalStateException(
          "Expected a key of the key groups "
              + task.keyGroups()
              + ", but "
              + key
              + " belongs to group "
              + keyGroup
              + " (transform '"
              + transformName
              + "')");
    }
    KeyEntry entry = new KeyEntry(this, key);
    table.add(entry);
    cache.add(entry);
    return entry;
  }

  // ---- keys that are kept ----

  @Override
  public boolean keepKeys() {
    keepsKeys = cache.isBounded();
    return keepsKeys;
  }

  boolean keepsKeys() {
    return keepsKeys;
  }

  @Override
  public boolean isKnown(EncodedKey key) {
    return table.find(key) != null;
  }

  @Override
  public int keysInMemory() {
    return table.size();
  }

  @Override
  public boolean isNearlyFull() {
    return cache.isNearlyFull();
  }

  @Override
  public void clear() {
    for (Column column : columns) {
      if (column.kind == StateKind.HOLD) {
        throw new IllegalStateException(
            "Expected no watermark holds among state that is cleared, but there is " + column);
      }
    }
    discardAll();
    for (Column column : columns) {
      if (column.everStored()) {
        store.deleteColumn(column.stateNumber, task.keyGroups());
        column.cleared();
      }
    }
  }

  private void discardAll() {
    table.forEach(cache::discard);
    table.clear();
    current = null;
    currentKey = null;
  }

  // ---- sweeps ----

  @Override
  public <T extends State> KeySweep<T> sweep(StateNamespace namespace, StateTag<T> tag) {
    cache.flush();
    store.packed().clear();
    discardAll();
    OptionalInt number = task.knownNumber(transformName, tag);
    KeyGroupRange stored =
        number.isPresent() ? task.keyGroups() : new KeyGroupRange(0, 0); // Never used: no entries.
    KeySweep<T> sweep = new KeySweep<>(this, namespace, tag, number.orElse(0), stored);
    task.attach(sweep);
    return sweep;
  }

  /** Drops a key and its cells, of which nothing is to be written. */
  void discard(KeyEntry entry) {
    cache.discard(entry);
    table.remove(entry);
  }

  // ---- cells and columns ----

  /** Told by the cache that the entry is gone. */
  void dropped(KeyEntry entry) {
    table.remove(entry);
  }

  /** The attached cell at the address of a detached one: another, or the same, attached again. */
  Cell attach(Cell detached) {
    KeyEntry entry = entry(detached.entry.key);
    Cell found = entry.find(detached.namespace, detached.column);
    if (found != null) {
      return found;
    }
    detached.entry = entry;
    add(detached);
    return detached;
  }

  /** Puts a cell under its address, where no other is. */
  void add(Cell cell) {
    cell.entry.add(cell);
    cell.weigh(Cell.CELL_WEIGHT + cell.column.averageWeight());
    cache.cellAdded();
  }

  @Nullable Column column(StateTag<?> tag) {
    for (Column column : columns) {
      if (column.isFor(tag)) {
        return column;
      }
    }
    return null;
  }

  /** The column of a state that is bound as {@code kind}; made at its first use. */
  Column column(StateTag<?> tag, StateKind kind) {
    Column column = column(tag);
    if (column == null) {
      column = task.newColumn(this, tag, kind);
      columns.add(column);
    }
    if (column.kind != kind) {
      throw new IllegalStateException(
          "Expected "
              + column
              + " to stay of its kind, but it is bound as "
              + kind
              + " now: give the two states different ids");
    }
    return column;
  }
}
