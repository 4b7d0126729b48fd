package dev.lintel.state;

import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * A cell of many elements, each stored under a sub-key of its own behind the cell's prefix: so an
 * append is O(1), and what the cell holds may be larger than memory.
 *
 * <p>A small cell is kept decoded as a whole; one that weighs more than {@link
 * CellCache#cellWeightMax} keeps only what is not written yet, and is read piece by piece.
 */
abstract class CollectionCell extends Cell {
  /** Above this estimated size a cell is not kept whole, however large the cache. */
  static final long CACHED_WEIGHT_MAX = 4 << 20;

  private byte @Nullable [] prefix;

  CollectionCell(Column column, KeyEntry entry, StateNamespace namespace) {
    super(column, entry, namespace);
  }

  /** The bytes that all of the cell's stored keys begin with. */
  final byte[] prefix() {
    byte[] bytes = prefix;
    if (bytes == null) {
      bytes = store().startKey(this).toBytes();
      prefix = bytes;
    }
    return bytes;
  }

  final byte[] prefixEnd() {
    return StateKeyLayout.endOf(prefix());
  }

  /** Counts an element that was added; measures one of many. */
  final <T> void grewBy(Coder<T> coder, @Nullable T element) {
    int more = column.averageWeight();
    if (column.sampleDue()) {
      ByteWriter out = store().value.reset();
      encode(coder, element, out);
      column.sampled(out.size());
      more = Column.weight(out.size());
    }
    weigh((long) weight() + more);
  }

  /** Counts the memory as that of a cell which holds nothing. */
  final void weighEmpty() {
    if (weight() != CELL_WEIGHT) {
      weigh(CELL_WEIGHT);
    }
  }

  final boolean isTooLarge() {
    return weight() > weightMax();
  }

  /** The weight up to which the cell is kept whole. */
  final long weightMax() {
    return column.owner.cache.cellWeightMax();
  }
}
