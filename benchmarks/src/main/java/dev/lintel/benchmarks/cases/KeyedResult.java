package dev.lintel.benchmarks.cases;

/** What every keyed case ends with: how many keys came out, and what their counts add up to. */
public final class KeyedResult {
  private long keys;
  private long elements;
  private long weighted;

  /** Takes a key that has come out with the number of its elements. */
  public void add(long key, long count) {
    keys++;
    elements += count;
    weighted += key * count;
  }

  /** Adds what was taken to the sums of this JVM, and begins anew. */
  public void tally() {
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
