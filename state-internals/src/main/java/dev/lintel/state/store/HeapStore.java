package dev.lintel.state.store;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An ordered store on the heap, for tests and small jobs.
 *
 * <p><i>Invariants:</i> an open cursor reads the tree itself; the first write after its opening
 * freezes what it reads. So a scan that is closed before anything is written, the usual case, costs
 * no copy.
 */
public final class HeapStore implements OrderedStore {
  private final HeapTree entries = new HeapTree();

  /** Cursors that read nodes which writes would change. */
  private int liveCursors;

  private long freezes;
  private long bytes;

  @Override
  public byte @Nullable [] get(byte[] key) {
    return entries.get(key);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    beforeWrite();
    byte[] old = entries.get(key);
    bytes += value.length - (old == null ? -key.length : old.length);
    entries.put(key, value);
  }

  @Override
  public void delete(byte[] key) {
    byte[] old = entries.get(key);
    if (old != null) {
      beforeWrite();
      bytes -= key.length + old.length;
      entries.remove(key);
    }
  }

  @Override
  public void deleteRange(byte[] from, byte[] end) {
    byte[] key = entries.ceiling(from);
    while (key != null && Arrays.compareUnsigned(key, end) < 0) {
      delete(key);
      key = entries.ceiling(key);
    }
  }

  @Override
  public Cursor scan(byte[] from, byte[] end) {
    liveCursors++;
    return new LiveCursor(entries.scan(from, end), freezes);
  }

  @Override
  public Snapshot snapshot(byte[] from, byte[] end) {
    StoreView image = view();
    return new Snapshot() {
      @Override
      public Cursor scan() {
        return image.scan(from, end);
      }

      @Override
      public void close() {}
    };
  }

  /** The store as it is now, at no cost; any thread may read it. */
  public StoreView view() {
    liveCursors = 0;
    freezes++;
    return entries.image();
  }

  /** The bytes of all keys and values. */
  public long bytes() {
    return bytes;
  }

  /** What is put is there at once: the heap has nothing that would be quicker. */
  public BulkLoad bulkLoad() {
    return new BulkLoad() {
      @Override
      public void put(byte[] key, byte[] value) {
        HeapStore.this.put(key, value);
      }

      @Override
      public void finish() {}

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    beforeWrite();
    entries.clear();
    bytes = 0;
  }

  private void beforeWrite() {
    if (liveCursors > 0) {
      liveCursors = 0;
      freezes++;
      entries.freeze();
    }
  }

  private final class LiveCursor implements Cursor {
    private final Cursor cursor;
    private final long openedAt;
    private boolean closed;

    LiveCursor(Cursor cursor, long openedAt) {
      this.cursor = cursor;
      this.openedAt = openedAt;
    }

    @Override
    public boolean next() {
      return cursor.next();
    }

    @Override
    public byte[] key() {
      return cursor.key();
    }

    @Override
    public byte[] value() {
      return cursor.value();
    }

    @Override
    public void close() {
      if (!closed && openedAt == freezes) {
        liveCursors--;
      }
      closed = true;
    }
  }
}
