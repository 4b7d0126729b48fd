package dev.lintel.state.store;

import dev.lintel.state.layout.ByteWriter;
import org.jspecify.annotations.Nullable;

/**
 * A map from bytes to bytes, ordered by unsigned bytes, that outlives the memory of a task: what
 * the write-back cache of state cells and the timers are written to.
 *
 * <p><i>Contract:</i> keys and values are copied in or never written to again; reads see all writes
 * before them; a cursor sees the store as it was when it was opened. <i>Ownership:</i> one task,
 * one thread. <i>Failure:</i> a store that can't read or write (full disk, broken file) throws
 * {@link StateStoreException}, which names its directory.
 */
public interface OrderedStore extends AutoCloseable {
  byte @Nullable [] get(byte[] key);

  /** As {@link #get(byte[])}, without asking for an array of the key's own length. */
  default byte @Nullable [] get(ByteWriter key) {
    return get(key.toBytes());
  }

  void put(byte[] key, byte[] value);

  void delete(byte[] key);

  /** Deletes every key in {@code [from, end)}. */
  void deleteRange(byte[] from, byte[] end);

  /**
   * A cursor over the keys in {@code [from, end)} in order, standing before the first. The caller
   * closes it.
   */
  Cursor scan(byte[] from, byte[] end);

  /** An empty batch. A store may write at once what is put into it, or at the commit. */
  default Batch batch() {
    return new DirectBatch(this);
  }

  /**
   * The entries in {@code [from, end)} as they are now, for reading later. The caller closes it.
   */
  default Snapshot snapshot(byte[] from, byte[] end) {
    return CopiedSnapshot.of(scan(from, end));
  }

  @Override
  void close();

  /** Walks a range: {@code while (cursor.next()) { use(cursor.key(), cursor.value()); }}. */
  interface Cursor extends AutoCloseable {
    /** Moves to the next entry; false at the end. */
    boolean next();

    byte[] key();

    byte[] value();

    @Override
    void close();
  }

  /**
   * Writes that are made together. Nobody may read what an uncommitted batch writes to; keys and
   * values are copied. After a commit the batch is empty and is used again.
   */
  interface Batch {
    void put(ByteWriter key, ByteWriter value);

    void delete(ByteWriter key);

    void delete(byte[] key);

    void deleteRange(byte[] from, byte[] end);

    /** The memory that uncommitted writes take. */
    long bytes();

    void commit();
  }

  /** A range of a store that no write changes any more. */
  interface Snapshot extends AutoCloseable {
    /** A cursor over the range; the caller closes it, before or after the snapshot. */
    Cursor scan();

    @Override
    void close();
  }
}
