package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.Function;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a map cell, or, with void values, of a set cell. Each is stored under its encoded
 * key: an entry is read, written and removed without the others.
 *
 * <p>In memory an entry goes by its coder's structural value, so that keys are equal exactly if
 * their bytes are, which Java's equality doesn't give (think of arrays).
 *
 * <p><i>Invariants:</i> a slot knows the truth about its key, also that there is no entry. If
 * {@code complete}, keys without a slot have no entry.
 */
final class EntryTable<K, V> {
  /** What a slot weighs beside its value. */
  private static final int SLOT_WEIGHT = 64;

  private final CollectionCell cell;
  private final Coder<K> keyCoder;
  private final Coder<V> valueCoder;
  private Map<Object, Slot<K, V>> slots = new HashMap<>();
  private List<Slot<K, V>> dirtySlots = new ArrayList<>();
  private int presentSlots;
  private boolean complete;
  private boolean stored;
  private boolean clearStored;
  private boolean large;

  EntryTable(CollectionCell cell, Coder<K> keyCoder, Coder<V> valueCoder) {
    this.cell = cell;
    this.keyCoder = keyCoder;
    this.valueCoder = valueCoder;
    this.stored = cell.column.mayBeStored(cell.namespace);
    this.complete = !stored;
  }

  /** What is known of one key. */
  private static final class Slot<K, V> {
    final Object id;
    final K key;
    @Nullable V value;
    boolean present;
    boolean dirty;

    /** Whether the store may have an entry of the key. */
    boolean stored;

    Slot(Object id, K key) {
      this.id = id;
      this.key = key;
    }
  }

  boolean contains(K key) {
    Slot<K, V> slot = find(key);
    boolean found = slot != null && slot.present;
    trim();
    return found;
  }

  @Nullable V get(K key, @Nullable V absent) {
    Slot<K, V> slot = find(key);
    V value = slot != null && slot.present ? slot.value : absent;
    trim();
    return value;
  }

  void put(K key, @Nullable V value) {
    Object id = keyCoder.structuralValue(key);
    Slot<K, V> slot = slots.get(id);
    if (slot == null) {
      slot = addSlot(id, key);
      slot.stored = stored && !complete;
      cell.grewBy(valueCoder, value);
    }
    if (!slot.present) {
      slot.present = true;
      presentSlots++;
    }
    slot.value = value;
    changed(slot);
    trim();
  }

  void remove(K key) {
    Object id = keyCoder.structuralValue(key);
    Slot<K, V> slot = slots.get(id);
    if (slot == null) {
      if (complete) {
        return;
      }
      slot = addSlot(id, key);
      slot.stored = true;
    }
    if (slot.present) {
      slot.present = false;
      slot.value = null;
      presentSlots--;
    }
    if (slot.stored) {
      changed(slot);
    } else {
      slots.remove(id);
    }
    trim();
  }

  void clear() {
    clearStored |= stored;
    cell.markCleared(clearStored);
    forget();
    stored = false;
    complete = true;
  }

  boolean isEmpty() {
    if (presentSlots > 0) {
      return false;
    }
    if (load()) {
      return presentSlots == 0;
    }
    cell.spill();
    return !cell.store().hasAny(cell.prefix(), cell.prefixEnd());
  }

  /** All entries, in no order; not changed by anything later. */
  <R> Iterable<R> read(Function<Entry<K, V>, R> view) {
    if (load()) {
      List<R> all = new ArrayList<>(presentSlots);
      for (Slot<K, V> slot : slots.values()) {
        if (slot.present) {
          all.add(view.apply(new SimpleImmutableEntry<>(slot.key, slot.value)));
        }
      }
      return new ListPrefix<>(all);
    }
    cell.spill();
    return cell.store().stream(
        cell.prefix(),
        cell.prefixEnd(),
        (key, value) ->
            List.of(
                    view.apply(
                        new SimpleImmutableEntry<>(
                            decodeKey(key), cell.decode(valueCoder, new ByteReader(value)))))
                .iterator());
  }

  void write(CellStore store) {
    if (clearStored) {
      store.deleteRange(cell.prefix(), cell.prefixEnd());
      clearStored = false;
    }
    for (Slot<K, V> slot : dirtySlots) {
      slot.dirty = false;
      if (slot.present) {
        startKey(store, slot.key);
        cell.encode(valueCoder, slot.value, store.value.reset());
        store.put();
        slot.stored = true;
        stored = true;
      } else if (slot.stored) {
        startKey(store, slot.key);
        store.delete();
        slot.stored = false;
        slots.remove(slot.id);
      }
    }
    dirtySlots = new ArrayList<>();
    if (stored) {
      cell.column.stored(cell.namespace);
    }
  }

  /** Drops what is in memory, all of which has been written or is to be cleared. */
  void forget() {
    slots = new HashMap<>();
    dirtySlots = new ArrayList<>();
    presentSlots = 0;
    large = false;
    complete = !stored;
    cell.weighEmpty();
  }

  boolean hasEntries() {
    return presentSlots > 0;
  }

  private @Nullable Slot<K, V> find(K key) {
    Object id = keyCoder.structuralValue(key);
    Slot<K, V> slot = slots.get(id);
    if (slot != null || complete) {
      return slot;
    }
    CellStore store = cell.store();
    startKey(store, key);
    byte[] bytes = store.get();
    if (bytes == null && !cell.column.owner.cache.isBounded()) {
      return null; // Nothing would ever drop what isn't there.
    }
    slot = addSlot(id, key);
    if (bytes != null) {
      fill(slot, bytes);
    }
    return slot;
  }

  /** Whether memory has all entries; tries to read them if not. */
  private boolean load() {
    if (complete || large) {
      return complete;
    }
    List<Slot<K, V>> loaded = new ArrayList<>();
    long weight = cell.weight();
    try (Cursor cursor = cell.store().scan(cell.prefix(), cell.prefixEnd())) {
      while (cursor.next()) {
        K key = decodeKey(cursor.key());
        Slot<K, V> slot = new Slot<>(keyCoder.structuralValue(key), key);
        byte[] value = cursor.value();
        slot.value = cell.decode(valueCoder, new ByteReader(value));
        loaded.add(slot);
        weight += SLOT_WEIGHT + Column.weight(cursor.key().length + value.length);
        if (weight > cell.weightMax()) {
          large = true;
          return false;
        }
      }
    }
    for (Slot<K, V> slot : loaded) {
      if (slots.putIfAbsent(slot.id, slot) == null) {
        slot.present = true;
        slot.stored = true;
        presentSlots++;
      }
    }
    cell.weigh(weight);
    complete = true;
    return true;
  }

  private Slot<K, V> addSlot(Object id, K key) {
    Slot<K, V> slot = new Slot<>(id, key);
    slots.put(id, slot);
    cell.grewBy(keyCoder, key);
    cell.weigh((long) cell.weight() + SLOT_WEIGHT);
    return slot;
  }

  private void fill(Slot<K, V> slot, byte[] value) {
    slot.value = cell.decode(valueCoder, new ByteReader(value));
    slot.present = true;
    slot.stored = true;
    presentSlots++;
    cell.weigh((long) cell.weight() + Column.weight(value.length));
  }

  private void changed(Slot<K, V> slot) {
    if (!slot.dirty) {
      slot.dirty = true;
      dirtySlots.add(slot);
    }
    cell.markDirty();
  }

  /** Ends an operation: a table that has grown too large is written and dropped. */
  private void trim() {
    if (cell.isTooLarge()) {
      cell.spill();
      forget();
    }
  }

  private void startKey(CellStore store, K key) {
    ByteWriter out = store.startKey(cell.prefix());
    cell.encode(keyCoder, key, out);
  }

  private K decodeKey(byte[] storedKey) {
    int prefix = cell.prefix().length;
    return cell.decode(keyCoder, new ByteReader(storedKey, prefix, storedKey.length - prefix));
  }
}
