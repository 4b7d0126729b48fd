package dev.lintel.state;

import dev.lintel.state.layout.NamespaceCodec;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.layout.StateKeyLayout.CellAddress;
import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.Arrays;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.state.State;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through all keys that have a state, in the order of the store, and takes the state from
 * each: what costs a look-up for each key, and a deletion, when keys come in an order of their own,
 * is one walk here, and one deletion for all that was passed since the last snapshot.
 *
 * <pre>
 * while (sweep.hasNext()) { key = sweep.next(); use(key, sweep.state()); }
 * </pre>
 *
 * <p><i>Contract:</i> between two snapshots a key that {@link #next} has given is done with: the
 * next snapshot doesn't have it. Nothing is written to the state meanwhile. <i>Ownership:</i> one
 * operator of one task. <i>Failure:</i> see {@code OrderedStore}.
 */
public final class KeySweep<T extends State> implements StoredPart {
  private final KeyedCells cells;
  private final CellStore store;
  private final StateNamespace namespace;
  private final byte[] namespaceBytes;
  private final StateTag<T> tag;
  private final int stateNumber;
  private final int endGroup;
  private int group;
  private @Nullable Cursor cursor;

  /** The stored key that the cursor stands on; null before the first and behind the last. */
  private byte @Nullable [] ahead;

  /** The cell of the key that is being used, or was last. */
  private @Nullable T state;

  /** Everything of this key group before the end of this prefix is done with. */
  private byte @Nullable [] passed;

  /**
   * @param groups those that may have entries
   */
  KeySweep(
      KeyedCells cells,
      StateNamespace namespace,
      StateTag<T> tag,
      int stateNumber,
      KeyGroupRange groups) {
    this.cells = cells;
    this.store = cells.store;
    this.namespace = namespace;
    this.namespaceBytes = NamespaceCodec.encode(namespace);
    this.tag = tag;
    this.stateNumber = stateNumber;
    this.group = groups.first() - 1;
    this.endGroup = groups.end();
    advance();
  }

  /** Whether there is another key. */
  public boolean hasNext() {
    return ahead != null;
  }

  /** Moves on to the next key; the state of the one before must not be used any more. */
  public EncodedKey next() {
    byte[] storedKey = ahead;
    if (storedKey == null) {
      throw new IllegalStateException("Expected another key to be swept, but there is none");
    }
    leave();
    if (passed != null
        && StateKeyLayout.keyGroupOf(passed) != StateKeyLayout.keyGroupOf(storedKey)) {
      flush(); // A range is of one key group.
    }
    CellAddress address = StateKeyLayout.cellOf(storedKey);
    if (!Arrays.equals(address.namespace(), namespaceBytes)) {
      throw new IllegalStateException(
          "Expected state '"
              + tag.getId()
              + "' of transform '"
              + cells.transformName
              + "' in "
              + namespace
              + " only, but the store has it in another namespace, too");
    }
    byte[] prefix = Arrays.copyOf(storedKey, address.prefixLength());
    EncodedKey key = new EncodedKey(address.key());
    cells.setCurrentKey(key, null);
    T cell = cells.state(namespace, tag);
    CellEntries entries = new CellEntries(prefix);
    ((Cell) cell).load(entries);
    entries.skip();
    state = cell;
    passed = prefix;
    return key;
  }

  /** The state of the key that {@link #next} has given. */
  public T state() {
    T current = state;
    if (current == null) {
      throw new IllegalStateException("Expected a key to have been swept, but none was");
    }
    return current;
  }

  /** Drops the key that was used: nobody asks for it again. */
  private void leave() {
    if (state instanceof Cell cell && cell.entry.attached) {
      cells.discard(cell.entry);
    }
  }

  /** Stands on the next entry, of this key group or of a later one. */
  private void advance() {
    while (cursor == null || !cursor.next()) {
      if (cursor != null) {
        cursor.close();
        cursor = null;
      }
      group++;
      if (group >= endGroup) {
        ahead = null;
        return;
      }
      byte[] prefix = StateKeyLayout.statePrefix(group, stateNumber);
      cursor = store.scan(prefix, StateKeyLayout.endOf(prefix));
    }
    ahead = cursor.key();
  }

  // ---- snapshots ----

  /** Deletes what is done with. */
  @Override
  public void flush() {
    byte[] last = passed;
    if (last != null) {
      byte[] start = StateKeyLayout.statePrefix(StateKeyLayout.keyGroupOf(last), stateNumber);
      store.deleteUpTo(start, StateKeyLayout.endOf(last));
      passed = null;
    }
  }

  @Override
  public boolean flushSome(int entriesMax) {
    return false;
  }

  @Override
  public int unwritten() {
    return 0;
  }

  /** The entries of one cell, of which the sweep's cursor stands on the first. */
  private final class CellEntries implements Cursor {
    private final byte[] prefix;
    private boolean begun;

    CellEntries(byte[] prefix) {
      this.prefix = prefix;
    }

    @Override
    public boolean next() {
      if (begun && isWithin(ahead)) {
        advance();
      }
      begun = true;
      return isWithin(ahead);
    }

    private boolean isWithin(byte @Nullable [] storedKey) {
      return storedKey != null
          && storedKey.length >= prefix.length
          && Arrays.equals(storedKey, 0, prefix.length, prefix, 0, prefix.length);
    }

    void skip() {
      while (isWithin(ahead)) {
        advance();
      }
    }

    @Override
    public byte[] key() {
      return current(ahead);
    }

    @Override
    public byte[] value() {
      return current(cursor).value();
    }

    private static <C> C current(@Nullable C something) {
      if (something == null) {
        throw new IllegalStateException("Expected a cursor to stand on an entry, but it has ended");
      }
      return something;
    }

    /** The sweep goes on with the cursor. */
    @Override
    public void close() {}
  }
}
