package dev.lintel.state;

import dev.lintel.state.store.OrderedStore.Cursor;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ReadableState;

/**
 * A bag: one {@link ValueList}. What was read stays as it was, whatever is added or cleared later.
 */
final class BagCell<T> extends CollectionCell implements BagState<T> {
  private static final byte[] NO_SUFFIX = new byte[0];

  private final Coder<T> coder;
  private ValueList<T> list;

  BagCell(Column column, KeyEntry entry, StateNamespace namespace, Coder<T> coder) {
    super(column, entry, namespace);
    this.coder = coder;
    this.list = new ValueList<>(this, coder, NO_SUFFIX, column.mayBeStored(namespace));
  }

  @Override
  void opened() {
    list = new ValueList<>(this, coder, NO_SUFFIX, column.mayBeStored(namespace));
  }

  @Override
  public void add(T value) {
    BagCell<T> cell = live();
    cell.list.add(value);
    if (cell.isTooLarge()) {
      cell.spill();
      cell.list.forget();
      cell.weighEmpty();
    }
  }

  @Override
  public Iterable<T> read() {
    return this.<BagCell<T>>live().list.read();
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> this.<BagCell<T>>live().list.isEmpty());
  }

  @Override
  public void clear() {
    BagCell<T> cell = live();
    cell.list.clear();
    cell.markCleared(cell.list.clearsStored());
    cell.weighEmpty();
  }

  @Override
  public BagState<T> readLater() {
    return this;
  }

  @Override
  void write(CellStore store) {
    list.write(store);
  }

  @Override
  void load(Cursor entries) {
    list.load(entries);
  }

  @Override
  void forget() {
    list.forget();
  }

  @Override
  boolean isIdle() {
    return !list.hasElements();
  }
}
