package dev.lintel.benchmarks.latency;

import java.util.Map;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * How late elements were, and how late results: in the one JVM of a run, by all of its threads.
 *
 * <p>Kept in microseconds, to three digits.
 */
enum Latencies {
  /** From the time at which an element was due until a DoFn behind an exchange by key has it. */
  ELEMENT("element"),
  /** From the end of a window, by the clock, until a DoFn has a result of it. */
  WINDOW("window");

  private static final int DIGITS = 3;
  private static final double MICROS_PER_MILLI = 1e3;

  private final String label;
  private final ConcurrentHistogram micros = new ConcurrentHistogram(DIGITS);

  Latencies(String label) {
    this.label = label;
  }

  static void reset() {
    for (Latencies each : values()) {
      each.micros.reset();
    }
  }

  void record(long nanos) {
    micros.recordValue(Math.max(0, nanos / 1_000));
  }

  long count() {
    return micros.getTotalCount();
  }

  void tell(Map<String, Double> measures) {
    measures.put(label + " p50 ms", micros.getValueAtPercentile(50) / MICROS_PER_MILLI);
    measures.put(label + " p99 ms", micros.getValueAtPercentile(99) / MICROS_PER_MILLI);
    measures.put(label + " p99.9 ms", micros.getValueAtPercentile(99.9) / MICROS_PER_MILLI);
    measures.put(label + " max ms", micros.getMaxValue() / MICROS_PER_MILLI);
  }
}
