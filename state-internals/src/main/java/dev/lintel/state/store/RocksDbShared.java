package dev.lintel.state.store;

import dev.lintel.state.layout.StateKeyLayout;
import java.util.List;
import java.util.Properties;
import java.util.function.LongSupplier;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.BackgroundErrorReason;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.HyperClockCache;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.Status;
import org.rocksdb.WriteBufferManager;

/**
 * What all RocksDB stores of one process share: one memory budget and the options.
 *
 * <p>The budget is one block cache, a clock that is read without a lock; the memtables of all
 * stores are charged to it by a write buffer manager, which lets them take up to half of it before
 * it flushes. Index and filter blocks live in the cache as well, so nothing grows outside of the
 * budget but the tables' open file handles.
 *
 * <p><i>Ownership:</i> created and closed by the backend; native objects are thread-safe and
 * read-only here. Close it after the last store.
 */
public final class RocksDbShared implements AutoCloseable {
  private static final long MEMTABLE_BYTES_MIN = 1 << 20;
  private static final long MEMTABLE_BYTES_MAX = 64 << 20;
  private static final long BYTES_PER_SYNC = 1 << 20;
  private static final double BLOOM_BITS_PER_KEY = 10;

  /** A snapshot makes two: most of the changes while it is prepared, and the rest. */
  private static final int LEVEL0_FILES_MAX = 8;

  /** Of a memtable's bytes, what its own bloom filter takes: spares new keys the skip list. */
  private static final double MEMTABLE_BLOOM_RATIO = 0.05;

  private final Cache cache;
  private final WriteBufferManager writeBuffers;
  private final BloomFilter bloomFilter;
  private final NoRecovery noRecovery;
  private final DBOptions databaseOptions;
  private final ColumnFamilyOptions columnOptions;
  private final Options options;
  private final LongSupplier nanos;
  private boolean closed;

  /**
   * @param memoryBytes block cache and memtables of all stores together
   * @param nanos a clock for durations
   */
  public RocksDbShared(long memoryBytes, LongSupplier nanos) {
    this.nanos = nanos;
    NativeLibrary.load();
    cache = new HyperClockCache(memoryBytes, 0, -1, false);
    writeBuffers = new WriteBufferManager(memoryBytes / 2, cache);
    bloomFilter = new BloomFilter(BLOOM_BITS_PER_KEY, false);
    noRecovery = new NoRecovery();
    databaseOptions =
        databaseOptions(writeBuffers).setListeners(List.of(noRecovery)).setMaxBgErrorResumeCount(0);
    columnOptions =
        columnOptions(Math.min(MEMTABLE_BYTES_MAX, Math.max(MEMTABLE_BYTES_MIN, memoryBytes / 8)));
    columnOptions.setTableFormatConfig(tableOptions(cache, bloomFilter));
    options = new Options(databaseOptions, columnOptions);
  }

  /**
   * Keeps RocksDB from mending itself when the disk was full: a write would wait for it without
   * end, and its recovery can wait for that same write (seen in 11.8.1: {@code DelayWrite} against
   * {@code ResumeImpl}). So the write fails at once, and with it the job.
   */
  private static final class NoRecovery extends AbstractEventListener {
    NoRecovery() {
      super(EnabledEventCallback.ON_ERROR_RECOVERY_BEGIN);
    }

    @Override
    public boolean onErrorRecoveryBegin(BackgroundErrorReason reason, Status error) {
      return false;
    }
  }

  /** One writer, no log, no sync: durability comes from checkpoints alone. */
  private static DBOptions databaseOptions(WriteBufferManager writeBuffers) {
    return new DBOptions()
        .setCreateIfMissing(true)
        .setWriteBufferManager(writeBuffers)
        .setMaxBackgroundJobs(2)
        .setMaxOpenFiles(-1)
        .setUseFsync(false)
        // Little by little, or the flush of a snapshot waits for what a compaction has written.
        .setBytesPerSync(BYTES_PER_SYNC)
        .setAllowConcurrentMemtableWrite(false)
        .setEnableWriteThreadAdaptiveYield(false)
        .setAvoidFlushDuringShutdown(true)
        .setAvoidUnnecessaryBlockingIO(true)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setInfoLogLevel(InfoLogLevel.ERROR_LEVEL)
        .setKeepLogFileNum(1);
  }

  private static ColumnFamilyOptions columnOptions(long memtableBytes) {
    return insertingNearTheLast()
        .setWriteBufferSize(memtableBytes)
        .setMaxWriteBufferNumber(3)
        .setLevel0FileNumCompactionTrigger(LEVEL0_FILES_MAX)
        .setMemtablePrefixBloomSizeRatio(MEMTABLE_BLOOM_RATIO)
        .setMemtableWholeKeyFiltering(true)
        // Each checkpoint stores what compactions have written: see docs/adr/012.
        .setCompactionStyle(CompactionStyle.UNIVERSAL)
        .setCompressionPerLevel(
            List.of(
                CompressionType.NO_COMPRESSION,
                CompressionType.NO_COMPRESSION,
                CompressionType.LZ4_COMPRESSION));
  }

  /**
   * Batches are sorted, so an entry's place in the memtable is mostly near that of the one before
   * with the same key group and state, and is looked for from there. The Java API has no setter for
   * it.
   */
  private static ColumnFamilyOptions insertingNearTheLast() {
    Properties properties = new Properties();
    properties.setProperty(
        "memtable_insert_with_hint_prefix_extractor",
        "rocksdb.FixedPrefix." + StateKeyLayout.START_BYTES);
    ColumnFamilyOptions options = ColumnFamilyOptions.getColumnFamilyOptionsFromProps(properties);
    if (options == null) {
      throw new IllegalStateException("Expected RocksDB to know the options " + properties);
    }
    return options;
  }

  private static BlockBasedTableConfig tableOptions(Cache cache, BloomFilter bloomFilter) {
    return new BlockBasedTableConfig()
        .setBlockCache(cache)
        .setCacheIndexAndFilterBlocks(true)
        .setCacheIndexAndFilterBlocksWithHighPriority(true)
        .setPinL0FilterAndIndexBlocksInCache(true)
        .setFilterPolicy(bloomFilter)
        .setWholeKeyFiltering(true)
        .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
        .setFormatVersion(5);
  }

  LongSupplier nanos() {
    return nanos;
  }

  /** For opening and destroying a store; owned by this object. */
  Options options() {
    return options;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    options.close();
    columnOptions.close();
    databaseOptions.close();
    noRecovery.close();
    bloomFilter.close();
    writeBuffers.close();
    cache.close();
  }
}
