package dev.lintel.state;

import java.util.Map.Entry;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.ReadableStates;
import org.apache.beam.sdk.state.SetState;

/**
 * A set: a map without values. {@code contains} and {@code addIfAbsent} answer at once, as Beam's.
 */
final class SetCell<T> extends CollectionCell implements SetState<T> {
  private final Coder<T> coder;
  private EntryTable<T, Void> entries;

  SetCell(Column column, KeyEntry entry, StateNamespace namespace, Coder<T> coder) {
    super(column, entry, namespace);
    this.coder = coder;
    this.entries = new EntryTable<>(this, coder, VoidCoder.of());
  }

  @Override
  void opened() {
    entries = new EntryTable<>(this, coder, VoidCoder.of());
  }

  private EntryTable<T, Void> table() {
    return this.<SetCell<T>>live().entries;
  }

  @Override
  public ReadableState<Boolean> contains(T element) {
    return ReadableStates.immediate(table().contains(element));
  }

  @Override
  public ReadableState<Boolean> addIfAbsent(T element) {
    EntryTable<T, Void> table = table();
    boolean absent = !table.contains(element);
    table.put(element, null);
    return ReadableStates.immediate(absent);
  }

  @Override
  public void add(T element) {
    table().put(element, null);
  }

  @Override
  public void remove(T element) {
    table().remove(element);
  }

  @Override
  public Iterable<T> read() {
    return table().read(Entry::getKey);
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
  public SetState<T> readLater() {
    return this;
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
