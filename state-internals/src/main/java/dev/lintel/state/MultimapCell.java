package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.NoSuchElementException;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.ReadableState;
import org.jspecify.annotations.Nullable;

/**
 * A multimap: a {@link ValueList} for each key, whose chunks are stored behind {@code length, key}.
 *
 * <p><i>Invariants:</i> if {@code complete}, keys without a list have no values, and all lists are
 * complete too.
 */
final class MultimapCell<K, V> extends CollectionCell implements MultimapState<K, V> {
  /** What a key weighs beside its values. */
  private static final int GROUP_WEIGHT = 128;

  private final Coder<K> keyCoder;
  private final Coder<V> valueCoder;
  private Map<Object, Group<K, V>> groups = new HashMap<>();
  private boolean complete;
  private boolean stored;
  private boolean clearStored;
  private boolean large;

  MultimapCell(
      Column column,
      KeyEntry entry,
      StateNamespace namespace,
      Coder<K> keyCoder,
      Coder<V> valueCoder) {
    super(column, entry, namespace);
    this.keyCoder = keyCoder;
    this.valueCoder = valueCoder;
  }

  private record Group<K, V>(K key, ValueList<V> list) {}

  private MultimapCell<K, V> here() {
    return live();
  }

  @Override
  void opened() {
    stored = column.mayBeStored(namespace);
    complete = !stored;
    clearStored = false;
  }

  @Override
  public void put(K key, V value) {
    MultimapCell<K, V> cell = here();
    cell.list(key).add(value);
    cell.trim();
  }

  @Override
  public void remove(K key) {
    MultimapCell<K, V> cell = here();
    cell.list(key).clear();
    cell.trim();
  }

  @Override
  public ReadableState<Iterable<V>> get(K key) {
    return new Deferred<>(
        () -> {
          MultimapCell<K, V> cell = here();
          Iterable<V> values = cell.list(key).read();
          cell.trim();
          return values;
        });
  }

  @Override
  public ReadableState<Boolean> containsKey(K key) {
    return new Deferred<>(
        () -> {
          MultimapCell<K, V> cell = here();
          boolean found = !cell.list(key).isEmpty();
          cell.trim();
          return found;
        });
  }

  @Override
  public ReadableState<Iterable<K>> keys() {
    return new Deferred<>(() -> here().readKeys());
  }

  @Override
  public ReadableState<Iterable<Entry<K, V>>> entries() {
    return new Deferred<>(() -> here().readEntries());
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> here().holdsNothing());
  }

  @Override
  public void clear() {
    MultimapCell<K, V> cell = here();
    cell.clearStored |= cell.stored;
    cell.markCleared(cell.clearStored);
    cell.forget();
    cell.stored = false;
    cell.complete = true;
    cell.weighEmpty();
  }

  private Iterable<K> readKeys() {
    if (load()) {
      List<K> keys = new ArrayList<>();
      for (Group<K, V> group : groups.values()) {
        if (group.list.hasElements()) {
          keys.add(group.key);
        }
      }
      return new ListPrefix<>(keys);
    }
    spill();
    Iterable<byte[]> chunkKeys =
        store().stream(prefix(), prefixEnd(), (key, value) -> List.of(keyBytes(key)).iterator());
    return () -> new DistinctKeys(chunkKeys.iterator());
  }

  private Iterable<Entry<K, V>> readEntries() {
    List<Entry<K, V>> entries = new ArrayList<>();
    if (load()) {
      for (Group<K, V> group : groups.values()) {
        addEntries(group.key, group.list.read(), entries);
      }
      return new ListPrefix<>(entries);
    }
    spill();
    return store().stream(
        prefix(),
        prefixEnd(),
        (key, value) -> {
          List<Entry<K, V>> chunk = new ArrayList<>();
          addEntries(decodeKey(keyBytes(key)), ValueList.decode(this, valueCoder, value), chunk);
          return chunk.iterator();
        });
  }

  private void addEntries(K key, Iterable<V> values, List<Entry<K, V>> entries) {
    for (V value : values) {
      entries.add(new SimpleImmutableEntry<>(key, value));
    }
  }

  private boolean holdsNothing() {
    if (hasElements()) {
      return false;
    }
    if (load()) {
      return !hasElements();
    }
    spill();
    return !store().hasAny(prefix(), prefixEnd());
  }

  private boolean hasElements() {
    for (Group<K, V> group : groups.values()) {
      if (group.list.hasElements()) {
        return true;
      }
    }
    return false;
  }

  private ValueList<V> list(K key) {
    Object id = keyCoder.structuralValue(key);
    Group<K, V> group = groups.get(id);
    if (group == null) {
      ByteWriter keyBytes = new ByteWriter();
      encode(keyCoder, key, keyBytes);
      group = newGroup(key, keyBytes.toBytes(), stored && !complete);
      groups.put(id, group);
      weigh((long) weight() + GROUP_WEIGHT + keyBytes.size());
    }
    return group.list;
  }

  private Group<K, V> newGroup(K key, byte[] keyBytes, boolean mayBeStored) {
    byte[] suffix = new ByteWriter().lengthPrefixed(keyBytes).toBytes();
    return new Group<>(key, new ValueList<>(this, valueCoder, suffix, mayBeStored));
  }

  /** Whether memory has all lists; tries to read them if not. */
  private boolean load() {
    if (complete || large) {
      return complete;
    }
    Map<Object, Group<K, V>> found = new HashMap<>();
    Map<Object, List<V>> older = new HashMap<>();
    long weight = weight();
    try (Cursor cursor = store().scan(prefix(), prefixEnd())) {
      while (cursor.next()) {
        byte[] keyBytes = keyBytes(cursor.key());
        K key = decodeKey(keyBytes);
        Object id = keyCoder.structuralValue(key);
        found.computeIfAbsent(id, any -> newGroup(key, keyBytes, true));
        List<V> chunk = ValueList.decode(this, valueCoder, cursor.value());
        older.computeIfAbsent(id, any -> new ArrayList<>()).addAll(chunk);
        weight += GROUP_WEIGHT + ValueList.chunkWeight(cursor.value(), chunk);
        if (weight > weightMax()) {
          large = true;
          return false;
        }
      }
    }
    found.forEach(groups::putIfAbsent);
    groups.forEach(
        (id, group) -> {
          // A complete list knows better than the store: it may have been cleared since.
          if (!group.list.isComplete()) {
            group.list.adopt(older.getOrDefault(id, new ArrayList<>()));
          }
        });
    weigh(weight);
    complete = true;
    return true;
  }

  @Override
  void write(CellStore store) {
    if (clearStored) {
      store.deleteRange(prefix(), prefixEnd());
      clearStored = false;
    }
    for (Iterator<Group<K, V>> all = groups.values().iterator(); all.hasNext(); ) {
      ValueList<V> list = all.next().list;
      list.write(store);
      stored |= list.isStored();
      if (!list.hasElements()) {
        all.remove();
      }
    }
  }

  @Override
  void forget() {
    groups = new HashMap<>();
    large = false;
    complete = !stored;
  }

  @Override
  boolean isIdle() {
    return !hasElements();
  }

  private void trim() {
    if (isTooLarge()) {
      spill();
      forget();
      weighEmpty();
    }
  }

  private byte[] keyBytes(byte[] storedKey) {
    int prefix = prefix().length;
    return new ByteReader(storedKey, prefix, storedKey.length - prefix).lengthPrefixed();
  }

  private K decodeKey(byte[] keyBytes) {
    return decode(keyCoder, new ByteReader(keyBytes));
  }

  /** Decodes each run of equal keys once: the chunks of one key are neighbours. */
  private final class DistinctKeys implements Iterator<K> {
    private final Iterator<byte[]> keys;
    private byte @Nullable [] next;

    DistinctKeys(Iterator<byte[]> keys) {
      this.keys = keys;
      this.next = keys.hasNext() ? keys.next() : null;
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public K next() {
      byte[] current = next;
      if (current == null) {
        throw new NoSuchElementException("Expected another key, but all were read");
      }
      do {
        next = keys.hasNext() ? keys.next() : null;
      } while (Arrays.equals(current, next));
      return decodeKey(current);
    }
  }
}
