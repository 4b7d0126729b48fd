package dev.lintel.benchmarks.latency;

import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.source.Pace;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Measures how late an element is behind an exchange by key: it has state, so that every runner has
 * to bring the elements of a key together.
 */
final class ArrivalFn extends DoFn<KV<Long, Long>, Void> {
  private static final long serialVersionUID = 1L;
  static final String ARRIVED = "arrived";

  @StateId("count")
  private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value(VarLongCoder.of());

  private final long skippedNanos;
  private transient long arrived;

  /**
   * @param skippedNanos what is due in the first so many nanoseconds is not measured
   */
  ArrivalFn(long skippedNanos) {
    this.skippedNanos = skippedNanos;
  }

  @ProcessElement
  public void process(@Element KV<Long, Long> keyAndDue, @StateId("count") ValueState<Long> count) {
    long due = keyAndDue.getValue();
    if (due - Pace.startNanos() >= skippedNanos) {
      Latencies.ELEMENT.record(System.nanoTime() - due);
    }
    Long before = count.read();
    count.write(before == null ? 1L : Long.valueOf(before + 1));
    arrived++;
  }

  @FinishBundle
  public void finishBundle() {
    Tally.add(ARRIVED, arrived);
    arrived = 0;
  }
}
