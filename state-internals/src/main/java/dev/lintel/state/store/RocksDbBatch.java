package dev.lintel.state.store;

import dev.lintel.state.layout.ByteWriter;

/**
 * A write batch that is put together on this side of JNI, in RocksDB's own serial form, and handed
 * over once: a call for each entry costs more than the entry. A large one is handed over in the
 * order of its keys (see {@link RecordOrder}).
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

  /** Fewer records are too far from each other for their order to matter. */
  private static final int SORTED_COUNT_MIN = 1_024;

  private final RocksDbStore store;
  private final ByteWriter records = new ByteWriter();
  private final RecordOrder order = new RecordOrder();
  private int count;

  /** A range deletion deletes what is before it: records must stay as they came. */
  private boolean deletesRange;

  RocksDbBatch(RocksDbStore store) {
    this.store = store;
    clear();
  }

  @Override
  public void put(ByteWriter key, ByteWriter value) {
    int start = begin(TYPE_VALUE);
    records.lengthPrefixed(key);
    order.add(start, records.size() - key.size(), records.size());
    records.lengthPrefixed(value);
  }

  @Override
  public void delete(ByteWriter key) {
    int start = begin(TYPE_DELETION);
    records.lengthPrefixed(key);
    order.add(start, records.size() - key.size(), records.size());
  }

  @Override
  public void delete(byte[] key) {
    int start = begin(TYPE_DELETION);
    records.lengthPrefixed(key);
    order.add(start, records.size() - key.length, records.size());
  }

  @Override
  public void deleteRange(byte[] from, byte[] end) {
    begin(TYPE_RANGE_DELETION);
    records.lengthPrefixed(from).lengthPrefixed(end);
    deletesRange = true;
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
    ByteWriter ordered = ordered();
    ordered.setFixed32(COUNT_POSITION, Integer.reverseBytes(count));
    store.write(new DeferredWrites.Write(ordered.toBytes(), count));
    clear();
  }

  private ByteWriter ordered() {
    if (deletesRange || count < SORTED_COUNT_MIN) {
      return records;
    }
    ByteWriter sorted = new ByteWriter().bytes(EMPTY_HEADER);
    order.copySorted(records, sorted);
    return sorted;
  }

  /** Begins a record; returns where. */
  private int begin(int type) {
    int start = records.size();
    count++;
    records.write(type);
    return start;
  }

  private void clear() {
    records.reset().bytes(EMPTY_HEADER);
    order.clear();
    count = 0;
    deletesRange = false;
  }
}
