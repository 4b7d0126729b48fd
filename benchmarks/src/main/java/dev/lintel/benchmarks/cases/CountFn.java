package dev.lintel.benchmarks.cases;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/** The end of a keyed case: takes each key with the number of its elements. */
public final class CountFn extends DoFn<KV<Long, Long>, Void> {
  private static final long serialVersionUID = 1L;
  private transient @Nullable KeyedResult result;

  @Setup
  public void setup() {
    result = new KeyedResult();
  }

  @ProcessElement
  public void process(@Element KV<Long, Long> counted) {
    result().add(counted.getKey(), counted.getValue());
  }

  @FinishBundle
  public void finishBundle() {
    result().tally();
  }

  private KeyedResult result() {
    if (result == null) {
      throw new IllegalStateException("Expected setup before the first element");
    }
    return result;
  }
}
