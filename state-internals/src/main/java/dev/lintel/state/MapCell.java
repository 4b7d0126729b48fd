package dev.lintel.state;

import java.util.Map.Entry;
import java.util.function.Function;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.jspecify.annotations.Nullable;

/** A map. Reads are deferred as Beam's own are: they tell what is there when they are made. */
final class MapCell<K, V> extends CollectionCell implements MapState<K, V> {
  private final Coder<K> keyCoder;
  private final Coder<V> valueCoder;
  private EntryTable<K, V> entries;

  MapCell(
      Column column,
      KeyEntry entry,
      StateNamespace namespace,
      Coder<K> keyCoder,
      Coder<V> valueCoder) {
    super(column, entry, namespace);
    this.keyCoder = keyCoder;
    this.valueCoder = valueCoder;
    this.entries = new EntryTable<>(this, keyCoder, valueCoder);
  }

  @Override
  void opened() {
    entries = new EntryTable<>(this, keyCoder, valueCoder);
  }

  private EntryTable<K, V> table() {
    return this.<MapCell<K, V>>live().entries;
  }

  @Override
  public void put(K key, V value) {
    table().put(key, value);
  }

  /** As Beam's own state, answers what was there before: null where the value is new. */
  @Override
  public ReadableState<V> computeIfAbsent(K key, Function<? super K, ? extends V> mappingFunction) {
    EntryTable<K, V> table = table();
    V before = table.get(key, null);
    if (before == null) {
      table().put(key, mappingFunction.apply(key));
    }
    return ReadableStates.immediate(before);
  }

  @Override
  public void remove(K key) {
    table().remove(key);
  }

  @Override
  public ReadableState<V> get(K key) {
    return getOrDefault(key, null);
  }

  @Override
  public ReadableState<V> getOrDefault(K key, @Nullable V defaultValue) {
    return new Deferred<>(() -> table().get(key, defaultValue));
  }

  @Override
  public ReadableState<Iterable<K>> keys() {
    return new Deferred<>(() -> table().read(Entry::getKey));
  }

  @Override
  public ReadableState<Iterable<V>> values() {
    return new Deferred<>(() -> table().read(Entry::getValue));
  }

  @Override
  public ReadableState<Iterable<Entry<K, V>>> entries() {
    return new Deferred<>(() -> table().read(entry -> entry));
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> table().isEmpty());
  }

  @Override
  public void clear() {
    table().clear();
  }

  @Override
  void write(CellStore store) {
    entries.write(store);
  }

  @Override
  void forget() {
    entries.forget();
  }

  @Override
  boolean isIdle() {
    return !entries.hasEntries();
  }
}
