package dev.lintel.benchmarks.latency;

import dev.lintel.benchmarks.cases.Keys;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Takes each n-th element, and gives it its key and the time at which it was due. */
final class KeyedFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
  private static final long serialVersionUID = 1L;
  private final Keys keys;
  private final int every;

  KeyedFn(Keys keys, int every) {
    this.keys = keys;
    this.every = every;
  }

  @ProcessElement
  public void process(@Element KV<Long, Long> indexAndDue, OutputReceiver<KV<Long, Long>> output) {
    long index = indexAndDue.getKey();
    if (index % every == 0) {
      output.output(KV.of(keys.keyOf(index), indexAndDue.getValue()));
    }
  }
}
