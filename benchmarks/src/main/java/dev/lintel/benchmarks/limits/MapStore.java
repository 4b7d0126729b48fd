package dev.lintel.benchmarks.limits;

import java.util.HashMap;
import java.util.Map;

/** A plain {@link HashMap}. */
final class MapStore implements CountStore {
  private final Map<Long, Long> counts = new HashMap<>();

  @Override
  public long get(long key) {
    Long count = counts.get(key);
    return count == null ? NONE : count.longValue();
  }

  @Override
  public void put(long key, long count) {
    counts.put(key, count);
  }

  @Override
  public void forEach(Consumer consumer) throws Exception {
    for (Map.Entry<Long, Long> each : counts.entrySet()) {
      consumer.accept(each.getKey(), each.getValue());
    }
  }

  @Override
  public void close() {
    counts.clear();
  }
}
