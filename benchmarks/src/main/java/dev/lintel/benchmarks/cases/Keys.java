package dev.lintel.benchmarks.cases;

import dev.lintel.benchmarks.cases.Work.KeyDistribution;
import java.io.Serializable;
import java.util.BitSet;

/**
 * Which key the element with a certain index has: a function of the index alone, so that it does
 * not matter how the input is split.
 */
public interface Keys extends Serializable {

  /** The key of an element, from 0 to the number of keys - 1. */
  long keyOf(long index);

  /** Makes what {@link #keyOf} looks up, so that no measured run has to. */
  default void warm() {}

  static Keys of(Work work) {
    return work.distribution() == KeyDistribution.ZIPF
        ? new ZipfKeys(work.keys())
        : new CyclicKeys(work.keys());
  }

  /** How many different keys the elements of a work have. */
  static long distinct(Work work) {
    if (work.distribution() != KeyDistribution.ZIPF) {
      return Math.min(work.keys(), work.elements());
    }
    Keys keys = of(work);
    BitSet seen = new BitSet(Math.toIntExact(work.keys()));
    for (long index = 0; index < work.elements(); index++) {
      seen.set((int) keys.keyOf(index));
    }
    return seen.cardinality();
  }

  /** Each key in turn. */
  record CyclicKeys(long keys) implements Keys {
    @Override
    public long keyOf(long index) {
      return index % keys;
    }
  }
}
