package dev.lintel.benchmarks.limits;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rocksdb.RocksDBException;

/**
 * A write-back cache of the keys used last before a {@link RocksDbStore}: what is pushed out is
 * written many at a time.
 */
final class CachedStore implements CountStore {
  private static final int ENTRIES_MAX = 500_000;
  private static final int EVICTED_AT_ONCE = 1_000;

  private final RocksDbStore store;
  private final LinkedHashMap<Long, Long> cache = new LinkedHashMap<>(16, 0.75f, true);

  CachedStore(RocksDbStore store) {
    this.store = store;
  }

  @Override
  public long get(long key) throws RocksDBException {
    Long cached = cache.get(key);
    return cached != null ? cached.longValue() : store.get(key);
  }

  @Override
  public void put(long key, long count) throws RocksDBException {
    cache.put(key, count);
    if (cache.size() > ENTRIES_MAX) {
      evict(EVICTED_AT_ONCE);
    }
  }

  @Override
  public void forEach(Consumer consumer) throws Exception {
    evict(cache.size());
    store.forEach(consumer);
  }

  private void evict(int count) throws RocksDBException {
    List<long[]> evicted = new ArrayList<>(count);
    Iterator<Map.Entry<Long, Long>> oldest = cache.entrySet().iterator();
    while (oldest.hasNext() && evicted.size() < count) {
      Map.Entry<Long, Long> each = oldest.next();
      evicted.add(new long[] {each.getKey(), each.getValue()});
      oldest.remove();
    }
    store.putAll(evicted);
  }

  @Override
  public void close() throws Exception {
    store.close();
  }
}
