package dev.lintel.benchmarks.cases;

import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** The end of a keyed case: how many keys came out, what their counts and the keys add up to. */
public final class CountFn extends DoFn<KV<Long, Long>, Void> {
  private static final long serialVersionUID = 1L;
  private transient long keys;
  private transient long elements;
  private transient long weighted;

  @ProcessElement
  public void process(@Element KV<Long, Long> counted) {
    keys++;
    elements += counted.getValue();
    weighted += counted.getKey() * counted.getValue();
  }

  @FinishBundle
  public void finishBundle() {
    Tally.add("keys", keys);
    Tally.add("elements", elements);
    Tally.add("weighted", weighted);
    keys = 0;
    elements = 0;
    weighted = 0;
  }

  /** Checks that every key has come out once, with the number of its elements. */
  public static int check(Work work) {
    Keys keys = Keys.of(work);
    long weighted = 0;
    for (long index = 0; index < work.elements(); index++) {
      weighted += keys.keyOf(index);
    }
    return Tally.expect("keys", Keys.distinct(work))
        + Tally.expect("elements", work.elements())
        + Tally.expect("weighted", weighted);
  }
}
