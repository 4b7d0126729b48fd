package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.io.IOException;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.StateContext;
import org.jspecify.annotations.Nullable;

/**
 * One cell of state, decoded, and at the same time the Beam state object that user code holds.
 *
 * <p>A cell is <i>attached</i> while its key's entry is in the cache; then it is the only one at
 * its address. Eviction writes it through, empties and detaches it. User code may hold a detached
 * cell and use it: each operation begins with {@link #live()}, which attaches the cell again, or
 * finds the cell that has taken its place meanwhile. So nothing is ever written to two cells of one
 * address.
 *
 * <p><i>Ownership:</i> the task's thread.
 */
abstract class Cell {
  static final int CELL_WEIGHT = 96;

  final Column column;
  final StateNamespace namespace;

  /** The entry of the cell's key; another one when the cell is attached again. */
  KeyEntry entry;

  boolean attached;

  /** Whether memory knows something that the store doesn't. */
  private boolean dirty;

  /** Whether it has ever been cleared. */
  private boolean cleared;

  private int weight;

  Cell(Column column, KeyEntry entry, StateNamespace namespace) {
    this.column = column;
    this.entry = entry;
    this.namespace = namespace;
  }

  /** The cell that speaks for this address now; {@code C} is the cell's own class. */
  @SuppressWarnings("unchecked")
  final <C extends Cell> C live() {
    return (C) (attached ? this : column.owner.attach(this));
  }

  /** Writes to the store what it doesn't know yet, as part of the open batch. */
  final void writeThrough() {
    if (dirty) {
      dirty = false;
      write(store());
    }
  }

  /** Writes through by itself, in the middle of an operation. */
  final void spill() {
    writeThrough();
    store().commit();
  }

  abstract void write(CellStore store);

  /** The cell leaves memory: what it knows is written, or kept near for when it is asked again. */
  final void evict() {
    if (dirty) {
      writeThrough();
    } else {
      keepNear();
    }
  }

  /** What the cell knows is stored; it may be packed. */
  void keepNear() {}

  /** Reads what an access to the cell is going to read; see {@link KeyTable#preload}. */
  int preload() {
    return weight;
  }

  /** Called whenever the cell has been attached, before anything else. */
  void opened() {}

  /**
   * Reads the cell from a cursor over all that is stored of it, as far as it wants to know it.
   * Called for a cell that has just been made.
   */
  void load(Cursor entries) {
    throw new IllegalStateException(
        "Expected a bag or a state of one value to be swept, but there is " + column);
  }

  /** Drops everything decoded; the store knows it all. */
  abstract void forget();

  /** Whether nothing is lost, not even time, when the cell is dropped. */
  abstract boolean isIdle();

  /** Gives the cell the context of the latest access; only some combining cells care. */
  void context(StateContext<?> context) {}

  final void markDirty() {
    if (!dirty) {
      dirty = true;
      entry.cellDirty();
    }
  }

  final void markClean() {
    dirty = false;
  }

  /**
   * Told by each operation that empties the cell as a whole, as at the end of a window.
   *
   * @param unwritten the store has something that is to be deleted
   */
  final void markCleared(boolean unwritten) {
    cleared = true;
    if (unwritten) {
      markDirty();
    } else {
      markClean();
    }
  }

  /**
   * Whether the cell was cleared, still holds nothing, and the store knows: most likely nobody asks
   * for it again. (A cell that never held anything may be one that is looked at again and again.)
   */
  final boolean isOver() {
    return cleared && !dirty && isIdle();
  }

  final CellStore store() {
    return column.owner.store;
  }

  /** Tells the cache what the cell weighs now. */
  final void weigh(long newWeight) {
    int bounded = (int) Math.min(newWeight, Integer.MAX_VALUE);
    column.owner.cache.grew(bounded - weight);
    weight = bounded;
  }

  final int weight() {
    return weight;
  }

  final <T> void encode(Coder<T> coder, @Nullable T value, ByteWriter out) {
    try {
      coder.encode(value, out);
    } catch (IOException | RuntimeException e) {
      throw new StateCoderException(
          "Expected coder "
              + coder
              + " to encode a value of "
              + column
              + ", but it failed: "
              + e.getMessage(),
          e);
    }
  }

  final <T> T decode(Coder<T> coder, ByteReader in) {
    try {
      return coder.decode(in);
    } catch (IOException | RuntimeException e) {
      throw new StateCoderException(
          "Expected coder "
              + coder
              + " to decode a stored value of "
              + column
              + ", but it failed: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Cells are equal when they have the same address: one may have been made anew after an eviction.
   */
  @Override
  public final boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof Cell that
            && column == that.column
            && entry.key.equals(that.entry.key)
            && Namespaces.same(namespace, that.namespace));
  }

  @Override
  public final int hashCode() {
    return (entry.key.hashCode() * 31 + column.stateNumber) * 31 + namespace.hashCode();
  }

  @Override
  public final String toString() {
    return column + " in " + namespace;
  }
}
