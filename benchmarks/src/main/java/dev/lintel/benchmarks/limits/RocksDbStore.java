package dev.lintel.benchmarks.limits;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A RocksDB of its own without a write-ahead log: each get and each put goes to it.
 *
 * <p>Keys and numbers have eight bytes. It has as much memory as a task of Lintel has by default in
 * a heap of 4 GiB.
 */
final class RocksDbStore implements CountStore {
  private static final long BLOCK_CACHE_BYTES = 256L << 20;
  private static final long WRITE_BUFFER_BYTES = 64L << 20;
  private static final int WRITE_BUFFERS = 4;
  private static final double BLOOM_BITS = 10;

  static {
    RocksDB.loadLibrary();
  }

  private final Path folder;
  private final LRUCache cache = new LRUCache(BLOCK_CACHE_BYTES);
  private final BloomFilter bloom = new BloomFilter(BLOOM_BITS);
  private final Options options;
  private final WriteOptions writes = new WriteOptions().setDisableWAL(true);
  private final RocksDB db;
  private final byte[] keyBytes = new byte[Long.BYTES];
  private final ByteBuffer keyBuffer = ByteBuffer.wrap(keyBytes);
  private final byte[] valueBytes = new byte[Long.BYTES];
  private final ByteBuffer valueBuffer = ByteBuffer.wrap(valueBytes);

  RocksDbStore() throws IOException, RocksDBException {
    folder = Files.createTempDirectory("lintel-limit-");
    options =
        new Options()
            .setCreateIfMissing(true)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setMaxWriteBufferNumber(WRITE_BUFFERS)
            .setTableFormatConfig(
                new BlockBasedTableConfig().setBlockCache(cache).setFilterPolicy(bloom));
    db = RocksDB.open(options, folder.toString());
  }

  @Override
  public long get(long key) throws RocksDBException {
    keyBuffer.putLong(0, key);
    int length = db.get(keyBytes, valueBytes);
    return length == RocksDB.NOT_FOUND ? NONE : valueBuffer.getLong(0);
  }

  @Override
  public void put(long key, long count) throws RocksDBException {
    keyBuffer.putLong(0, key);
    valueBuffer.putLong(0, count);
    db.put(writes, keyBytes, valueBytes);
  }

  /** Writes several at once. */
  void putAll(Iterable<long[]> keysAndCounts) throws RocksDBException {
    try (WriteBatch batch = new WriteBatch()) {
      for (long[] each : keysAndCounts) {
        keyBuffer.putLong(0, each[0]);
        valueBuffer.putLong(0, each[1]);
        batch.put(keyBytes, valueBytes);
      }
      db.write(writes, batch);
    }
  }

  @Override
  public void forEach(Consumer consumer) throws Exception {
    try (RocksIterator all = db.newIterator()) {
      for (all.seekToFirst(); all.isValid(); all.next()) {
        consumer.accept(
            ByteBuffer.wrap(all.key()).getLong(), ByteBuffer.wrap(all.value()).getLong());
      }
      all.status();
    }
  }

  @Override
  public void close() throws IOException {
    db.close();
    writes.close();
    options.close();
    bloom.close();
    cache.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
