package dev.lintel.state.store;

import dev.lintel.state.store.CopiedSnapshot.EntryCursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An ordered store on the heap, for tests and small jobs.
 *
 * <p><i>Invariants:</i> an open cursor reads the map itself until the first write after its
 * opening; that write first lets it copy what it has left. So a scan that is closed before anything
 * is written, the usual case, costs no copy.
 */
public final class HeapStore implements OrderedStore {
  private final NavigableMap<byte[], byte[]> entries = new TreeMap<>(Arrays::compareUnsigned);
  private final List<LiveCursor> liveCursors = new ArrayList<>();

  @Override
  public byte @Nullable [] get(byte[] key) {
    return entries.get(key);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    beforeWrite();
    entries.put(key, value);
  }

  @Override
  public void delete(byte[] key) {
    beforeWrite();
    entries.remove(key);
  }

  @Override
  public void deleteRange(byte[] from, byte[] end) {
    beforeWrite();
    entries.subMap(from, end).clear();
  }

  @Override
  public Cursor scan(byte[] from, byte[] end) {
    LiveCursor cursor = new LiveCursor(entries.subMap(from, end).entrySet().iterator());
    liveCursors.add(cursor);
    return cursor;
  }

  @Override
  public void close() {
    beforeWrite();
    entries.clear();
  }

  private void beforeWrite() {
    if (!liveCursors.isEmpty()) {
      liveCursors.forEach(LiveCursor::freeze);
      liveCursors.clear();
    }
  }

  private final class LiveCursor extends EntryCursor {
    LiveCursor(Iterator<Map.Entry<byte[], byte[]>> entries) {
      super(entries);
    }

    @Override
    public void close() {
      liveCursors.remove(this);
    }
  }
}
