package dev.lintel.benchmarks.cases;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Gives each number its key, and the value 1. */
public final class KeyFn extends DoFn<Long, KV<Long, Long>> {
  private static final long serialVersionUID = 1L;
  private final Keys keys;

  public KeyFn(Keys keys) {
    this.keys = keys;
  }

  @ProcessElement
  public void process(@Element Long element, OutputReceiver<KV<Long, Long>> output) {
    output.output(KV.of(keys.keyOf(element), 1L));
  }
}
