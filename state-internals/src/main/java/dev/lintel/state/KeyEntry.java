package dev.lintel.state;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.jspecify.annotations.Nullable;

/**
 * The cells of one key of one operator that are in the cache, and the key's place in the cache. The
 * links of the ring are fields here: an entry found is an entry read, with no node between.
 *
 * <p>Few cells are searched one by one, which needs no hash of a namespace; above {@value
 * #SEARCHED_CELLS_MAX} an index is kept. Cells of windows that are over have been cleared: before
 * an entry grows beyond {@value #KEPT_CELLS_MAX} cells, those are dropped ({@link Cell#isOver}), so
 * that a key has about as many as it needs, however many windows it lives through. The latest cell
 * is the first to be looked at.
 */
final class KeyEntry implements DirtyList.Member {
  static final int ENTRY_WEIGHT = 128;

  private static final int SEARCHED_CELLS_MAX = 12;
  private static final int KEPT_CELLS_MAX = 8;
  private static final Cell[] NO_CELLS = new Cell[0];

  final KeyedCells owner;
  final EncodedKey key;

  /** The key's, beside what else a look-up reads. */
  private final long keyHead;

  boolean attached = true;

  /** Whether the key was used since the cache's hand last passed. */
  boolean referenced;

  /** False: it has no cell, and is kept only to be known. */
  boolean inRing;

  /** The neighbours in the ring of {@link CellCache}. */
  @Nullable KeyEntry previous;

  @Nullable KeyEntry next;

  /** Whether a cell is dirty: the place among the dirty entries of {@link CellCache}. */
  private int dirtyPlace = DirtyList.NOWHERE;

  private Cell[] cells = NO_CELLS;
  private int size;
  private @Nullable Map<Address, Cell> index;

  KeyEntry(KeyedCells owner, EncodedKey key) {
    this.owner = owner;
    this.key = key;
    this.keyHead = key.head();
  }

  /** Whether this is the entry of a key. */
  boolean isOf(EncodedKey other) {
    return keyHead == other.head() && (other.longBytes() == null || key.isSame(other));
  }

  int size() {
    return size;
  }

  @Override
  public int dirtyPlace() {
    return dirtyPlace;
  }

  @Override
  public void dirtyPlace(int place) {
    dirtyPlace = place;
  }

  int weight() {
    return ENTRY_WEIGHT + key.length();
  }

  /** Reads what an access to the first cell is going to read. */
  int preload() {
    return size == 0 ? dirtyPlace : cells[0].preload();
  }

  @Nullable Cell find(StateNamespace namespace, StateTag<?> tag) {
    if (index != null) {
      Column column = owner.column(tag);
      return column == null ? null : index.get(new Address(namespace, column));
    }
    for (int i = size - 1; i >= 0; i--) {
      Cell cell = cells[i];
      if (cell.column.isFor(tag) && Namespaces.same(cell.namespace, namespace)) {
        return cell;
      }
    }
    return null;
  }

  @Nullable Cell find(StateNamespace namespace, Column column) {
    if (index != null) {
      return index.get(new Address(namespace, column));
    }
    for (int i = size - 1; i >= 0; i--) {
      if (cells[i].column == column && Namespaces.same(cells[i].namespace, namespace)) {
        return cells[i];
      }
    }
    return null;
  }

  /** Attaches a cell whose address no other has here. */
  void add(Cell cell) {
    if (size == cells.length) {
      makeRoom();
    }
    if (!inRing) {
      owner.cache.filled(this);
    }
    cells[size++] = cell;
    cell.attached = true;
    cell.opened();
    if (index != null) {
      index.put(new Address(cell.namespace, cell.column), cell);
    } else if (size > SEARCHED_CELLS_MAX) {
      buildIndex();
    }
  }

  private void makeRoom() {
    if (size >= KEPT_CELLS_MAX) {
      drop(Cell::isOver);
    }
    // With half of the places free, it is long until they are looked through again.
    if (size == 0 || size > cells.length / 2) {
      cells = Arrays.copyOf(cells, Math.max(1, size * 2));
    }
  }

  /** Told of each cell that becomes dirty. */
  void cellDirty() {
    if (dirtyPlace == DirtyList.NOWHERE) {
      owner.cache.becameDirty(this);
    }
  }

  void writeThrough() {
    for (int i = 0; i < size; i++) {
      cells[i].writeThrough();
    }
  }

  /** The cells are about to leave memory. */
  void evict() {
    for (int i = 0; i < size; i++) {
      cells[i].evict();
    }
  }

  /** Drops the cells that hold nothing; what the store doesn't know of that is written through. */
  void dropIdle() {
    drop(Cell::isIdle);
    if (cells.length > 2 * size) {
      cells = Arrays.copyOf(cells, size);
    }
  }

  private void drop(Predicate<Cell> which) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      Cell cell = cells[i];
      if (which.test(cell)) {
        cell.writeThrough();
        detach(cell);
      } else {
        cells[kept++] = cell;
      }
    }
    if (kept < size) {
      Arrays.fill(cells, kept, size, null);
      size = kept;
      index = null;
      if (size > SEARCHED_CELLS_MAX) {
        buildIndex();
      }
    }
  }

  /** Drops all cells; what has not been written through is lost. */
  void detachCells() {
    for (int i = 0; i < size; i++) {
      detach(cells[i]);
    }
    cells = NO_CELLS;
    size = 0;
    index = null;
  }

  private static void detach(Cell cell) {
    cell.markClean();
    cell.forget();
    cell.weigh(0);
    cell.attached = false;
  }

  private void buildIndex() {
    Map<Address, Cell> built = new HashMap<>();
    for (int i = 0; i < size; i++) {
      built.put(new Address(cells[i].namespace, cells[i].column), cells[i]);
    }
    index = built;
  }

  private record Address(StateNamespace namespace, Column column) {}
}
