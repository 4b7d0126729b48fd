package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * A list that is appended to, read, and cleared: a bag, or the values of one key of a multimap.
 *
 * <p>What one writing-through appends is stored as one entry, a chunk: {@code sequence:8} behind
 * the prefix, {@code count:4 | elements} as value. Appending reads nothing: sequence numbers rise
 * for ever, so a new chunk lies behind all older ones.
 *
 * <p><i>Invariants:</i> {@code elements} is only appended to, or replaced; views of it that were
 * handed out stay as they are. Its first {@code written} elements are stored; the rest is not. If
 * {@code complete}, it is the whole list; otherwise stored elements may precede it, and {@code
 * written} is 0.
 */
final class ValueList<T> {
  private static final int CHUNK_BYTES_MAX = 64 << 10;

  private final CollectionCell cell;
  private final Coder<T> coder;
  private final byte[] suffix;
  private byte @Nullable [] prefix;
  private List<T> elements = List.of();
  private int written;
  private boolean complete;

  /** Whether the store may hold chunks of the list. */
  private boolean stored;

  /** Whether what the store holds is to be deleted before anything is written. */
  private boolean clearStored;

  /** Whether a read found too much to keep; until the list is cleared. */
  private boolean large;

  /**
   * @param suffix what follows the cell's prefix in the keys of this list's chunks
   */
  ValueList(CollectionCell cell, Coder<T> coder, byte[] suffix, boolean mayBeStored) {
    this.cell = cell;
    this.coder = coder;
    this.suffix = suffix;
    this.stored = mayBeStored;
    this.complete = !mayBeStored;
  }

  void add(T element) {
    if (elements.isEmpty() && !(elements instanceof ArrayList)) {
      elements = new ArrayList<>(4);
    }
    elements.add(element);
    cell.markDirty();
    cell.grewBy(coder, element);
  }

  /** The elements in the order of their adding; not changed by anything later. */
  Iterable<T> read() {
    if (load()) {
      return new ListPrefix<>(elements);
    }
    cell.spill();
    return cell.store().stream(prefix(), end(), (key, value) -> decodeChunk(value).iterator());
  }

  boolean isEmpty() {
    if (!elements.isEmpty()) {
      return false;
    }
    return load() && elements.isEmpty();
  }

  void clear() {
    if (stored) {
      clearStored = true;
      cell.markDirty();
    }
    stored = false;
    large = false;
    elements = List.of();
    written = 0;
    complete = true;
  }

  /** Whether memory has the whole list; tries to read it if not. */
  private boolean load() {
    if (complete || large) {
      return complete;
    }
    try (Cursor cursor = cell.store().scan(prefix(), end())) {
      return load(cursor);
    }
  }

  /**
   * Reads the list from a cursor over its chunks; false if it is too large, and stays in the store.
   */
  boolean load(Cursor chunks) {
    List<T> loaded = new ArrayList<>();
    long weight = 0;
    while (chunks.next()) {
      byte[] stored = chunks.value();
      List<T> chunk = decodeChunk(stored);
      weight += chunkWeight(stored, chunk);
      if (weight > cell.weightMax()) {
        large = true;
        return false;
      }
      loaded.addAll(chunk);
    }
    adopt(loaded);
    cell.weigh(cell.weight() + weight);
    return true;
  }

  boolean isComplete() {
    return complete;
  }

  /** Makes the list complete: {@code older} is all that is stored of it. */
  void adopt(List<T> older) {
    written = older.size();
    stored = written > 0;
    older.addAll(elements);
    elements = older;
    complete = true;
  }

  void write(CellStore store) {
    if (clearStored) {
      store.deleteRange(prefix(), end());
      clearStored = false;
    }
    int from = written;
    while (from < elements.size()) {
      from = writeChunk(store, from);
      stored = true;
    }
    if (stored) {
      cell.column.stored(cell.namespace);
    }
    if (complete) {
      written = elements.size();
    } else {
      elements = List.of();
    }
  }

  /** Drops what is in memory, all of which has been written. */
  void forget() {
    elements = List.of();
    written = 0;
    large = false;
    complete = !stored;
  }

  boolean isStored() {
    return stored;
  }

  /** Whether what is stored is still to be deleted. */
  boolean clearsStored() {
    return clearStored;
  }

  boolean hasElements() {
    return !elements.isEmpty();
  }

  private int writeChunk(CellStore store, int from) {
    ByteWriter value = store.value.reset().fixed32(0);
    int next = from;
    while (next < elements.size() && value.size() < CHUNK_BYTES_MAX) {
      cell.encode(coder, elements.get(next), value);
      next++;
    }
    value.setFixed32(0, next - from);
    store.startKey(prefix()).fixed64(store.nextSequence());
    store.put();
    return next;
  }

  private List<T> decodeChunk(byte[] chunk) {
    return decode(cell, coder, chunk);
  }

  /** The elements of a stored chunk. */
  static <T> List<T> decode(Cell cell, Coder<T> coder, byte[] chunk) {
    ByteReader in = new ByteReader(chunk);
    int count = in.fixed32();
    List<T> decoded = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      decoded.add(cell.decode(coder, in));
    }
    return decoded;
  }

  static long chunkWeight(byte[] chunk, List<?> decoded) {
    return Column.weight(chunk.length) + (long) decoded.size() * Column.weight(0);
  }

  private byte[] prefix() {
    byte[] bytes = prefix;
    if (bytes == null) {
      byte[] start = cell.prefix();
      bytes = suffix.length == 0 ? start : cell.store().startKey(start).bytes(suffix).toBytes();
      prefix = bytes;
    }
    return bytes;
  }

  private byte[] end() {
    return StateKeyLayout.endOf(prefix());
  }
}
