package dev.lintel.benchmarks.nexmark;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.values.KV;

/** The newest result of each key, by the index of its pane, in the one JVM of a run. */
final class LastPanes {
  private static final Map<Object, Pane> PANES = new ConcurrentHashMap<>();

  private record Pane(long index, Object result) {}

  private LastPanes() {}

  /**
   * @param result a {@link KV}
   */
  static void put(Object result, long index) {
    PANES.merge(
        ((KV<?, ?>) result).getKey(),
        new Pane(index, result),
        (a, b) -> a.index() > b.index() ? a : b);
  }

  static <T> long digest(Query<T> query) {
    long digest = 0;
    for (Pane pane : PANES.values()) {
      @SuppressWarnings("unchecked")
      T result = (T) pane.result();
      digest += query.digest(result, 0);
    }
    return digest;
  }

  static int size() {
    return PANES.size();
  }

  static void clear() {
    PANES.clear();
  }
}
