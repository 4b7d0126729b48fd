package dev.lintel.benchmarks.latency;

import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.source.Pace;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/** Measures how late the result of a window is. */
final class WindowResultFn extends DoFn<KV<Long, Long>, Void> {
  private static final long serialVersionUID = 1L;
  static final String COUNTED = "counted";
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long skippedNanos;
  private final long endNanos;
  private transient long counted;

  /**
   * @param skippedNanos windows that end in the first so many nanoseconds are not measured
   * @param endNanos nor those that end after so many: the end of the input closes them
   */
  WindowResultFn(long skippedNanos, long endNanos) {
    this.skippedNanos = skippedNanos;
    this.endNanos = endNanos;
  }

  /** The timestamp is the last one of the window. */
  @ProcessElement
  public void process(@Element KV<Long, Long> count, @Timestamp Instant last) {
    long closes = (last.getMillis() + 1) * NANOS_PER_MILLI;
    if (closes >= skippedNanos && closes <= endNanos) {
      Latencies.WINDOW.record(System.nanoTime() - Pace.startNanos() - closes);
    }
    counted += count.getValue();
  }

  @FinishBundle
  public void finishBundle() {
    Tally.add(COUNTED, counted);
    counted = 0;
  }
}
