package dev.lintel.state.store;

import dev.lintel.state.layout.ByteWriter;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * A write batch that is put together on this side of JNI, in RocksDB's own serial form, and handed
 * over once: a call for each entry costs more than the entry.
 *
 * <p>The form is that of RocksDB's write-ahead log (db/write_batch.cc), which must stay readable
 * from version to version: {@code sequence:8 | count:4, little-endian | records}, a record being a
 * type and one or two byte strings with varint lengths. The sequence is filled in by RocksDB.
 */
final class RocksDbBatch implements OrderedStore.Batch {
  private static final int HEADER_BYTES = 12;
  private static final int COUNT_POSITION = 8;
  private static final int TYPE_DELETION = 0x0;
  private static final int TYPE_VALUE = 0x1;
  private static final int TYPE_RANGE_DELETION = 0xf;
  private static final byte[] EMPTY_HEADER = new byte[HEADER_BYTES];

  private final RocksDbStore store;
  private final ByteWriter records = new ByteWriter();
  private int count;

  RocksDbBatch(RocksDbStore store) {
    this.store = store;
    clear();
  }

  @Override
  public void put(ByteWriter key, ByteWriter value) {
    begin(TYPE_VALUE);
    records.lengthPrefixed(key).lengthPrefixed(value);
  }

  @Override
  public void delete(ByteWriter key) {
    begin(TYPE_DELETION);
    records.lengthPrefixed(key);
  }

  @Override
  public void delete(byte[] key) {
    begin(TYPE_DELETION);
    records.lengthPrefixed(key);
  }

  @Override
  public void deleteRange(byte[] from, byte[] end) {
    begin(TYPE_RANGE_DELETION);
    records.lengthPrefixed(from).lengthPrefixed(end);
  }

  @Override
  public long bytes() {
    return records.size() - HEADER_BYTES;
  }

  @Override
  public void commit() {
    if (count == 0) {
      return;
    }
    records.setFixed32(COUNT_POSITION, Integer.reverseBytes(count));
    try (WriteBatch batch = new WriteBatch(records.toBytes())) {
      store.database().get().write(store.writeOptions(), batch);
    } catch (RocksDBException e) {
      throw store.database().failure("write " + count + " entries", e);
    }
    clear();
  }

  private void begin(int type) {
    count++;
    records.write(type);
  }

  private void clear() {
    records.reset().bytes(EMPTY_HEADER);
    count = 0;
  }
}
