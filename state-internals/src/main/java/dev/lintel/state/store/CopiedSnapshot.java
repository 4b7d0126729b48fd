package dev.lintel.state.store;

import dev.lintel.state.store.OrderedStore.Cursor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** A snapshot that holds its entries in memory; keys and values are shared with the store. */
final class CopiedSnapshot implements OrderedStore.Snapshot {
  private final List<Map.Entry<byte[], byte[]>> entries;

  private CopiedSnapshot(List<Map.Entry<byte[], byte[]>> entries) {
    this.entries = entries;
  }

  /** Reads the cursor to its end and closes it. */
  static CopiedSnapshot of(Cursor cursor) {
    List<Map.Entry<byte[], byte[]>> entries = new ArrayList<>();
    try (cursor) {
      while (cursor.next()) {
        entries.add(Map.entry(cursor.key(), cursor.value()));
      }
    }
    return new CopiedSnapshot(entries);
  }

  @Override
  public Cursor scan() {
    return new EntryCursor(entries.iterator());
  }

  @Override
  public void close() {}

  /** A cursor over entries in memory. */
  private static final class EntryCursor implements Cursor {
    private final Iterator<Map.Entry<byte[], byte[]>> rest;
    private Map.Entry<byte[], byte[]> current = Map.entry(new byte[0], new byte[0]);

    EntryCursor(Iterator<Map.Entry<byte[], byte[]>> entries) {
      this.rest = entries;
    }

    @Override
    public boolean next() {
      if (!rest.hasNext()) {
        return false;
      }
      Map.Entry<byte[], byte[]> next = rest.next();
      current = Map.entry(next.getKey(), next.getValue());
      return true;
    }

    @Override
    public byte[] key() {
      return current.getKey();
    }

    @Override
    public byte[] value() {
      return current.getValue();
    }

    @Override
    public void close() {}
  }
}
