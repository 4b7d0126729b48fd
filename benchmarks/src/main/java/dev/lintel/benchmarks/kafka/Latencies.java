package dev.lintel.benchmarks.kafka;

import java.util.Arrays;
import java.util.Map;

/**
 * How late each of a number of results was: all of them are kept, so that percentiles are exact.
 */
final class Latencies {
  static final String P99 = "p99 ms";

  private static final double NANOS_PER_MILLI = 1e6;

  private final long[] nanos;
  private int size;

  Latencies(int sizeMax) {
    nanos = new long[sizeMax];
  }

  void add(long late) {
    nanos[size] = late;
    size++;
  }

  /** Puts the percentiles among the figures of a run. */
  void tell(Map<String, Double> measures) {
    Arrays.sort(nanos, 0, size);
    measures.put("p50 ms", millisAt(0.5));
    measures.put(P99, millisAt(0.99));
    measures.put("p99.9 ms", millisAt(0.999));
    measures.put("max ms", millisAt(1));
  }

  /** The smallest that at least this part of all is not above. */
  double millisAt(double part) {
    int rank = (int) Math.ceil(part * size);
    return nanos[Math.max(0, rank - 1)] / NANOS_PER_MILLI;
  }
}
