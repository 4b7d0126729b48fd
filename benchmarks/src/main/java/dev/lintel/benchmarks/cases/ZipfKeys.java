package dev.lintel.benchmarks.cases;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keys of which the one with rank r comes with a probability proportional to 1 / r.
 *
 * <p>Sampled by Walker's alias method, built as by Vose (1991): two look-ups for each key, whatever
 * their number. The random number is a hash of the index (SplitMix64), so that it needs no state.
 * Ranks are scattered over the keys, so that hot keys are no neighbours in an ordered store.
 */
final class ZipfKeys implements Keys {
  private static final long serialVersionUID = 1L;
  private static final long SEED = 0x5EED_1157L;

  /** A prime over two billion: it has no divisor in common with any number of keys below it. */
  private static final long SCATTER = 2_654_435_761L;

  /** The tables are large, and the same for every DoFn. */
  private static final Map<Integer, AliasTable> TABLES = new ConcurrentHashMap<>();

  private final int keys;
  private transient @Nullable AliasTable table;

  ZipfKeys(long keys) {
    this.keys = Math.toIntExact(keys);
  }

  @Override
  public long keyOf(long index) {
    return rankOf(index) * SCATTER % keys;
  }

  @Override
  public void warm() {
    table();
  }

  /** From 0, the most frequent, to the number of keys - 1. */
  long rankOf(long index) {
    long random = mix(index + SEED);
    return table().sample(random);
  }

  private AliasTable table() {
    AliasTable known = table;
    if (known == null) {
      known = TABLES.computeIfAbsent(keys, AliasTable::zipf);
      table = known;
    }
    return known;
  }

  private static long mix(long number) {
    long z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** For each column the rank that shares it, and the part (of 2^31) that belongs to its own. */
  private record AliasTable(int[] own, int[] alias) {

    static AliasTable zipf(int size) {
      double total = 0;
      for (int rank = 0; rank < size; rank++) {
        total += 1.0 / (rank + 1);
      }
      double[] height = new double[size];
      int[] order = new int[size];
      int low = 0;
      int high = size;
      for (int rank = 0; rank < size; rank++) {
        height[rank] = size / ((rank + 1) * total);
        order[height[rank] < 1 ? low++ : --high] = rank;
      }
      return fill(height, order, low);
    }

    /**
     * Each column below 1 is filled up from one above, which may fall below 1 by that.
     *
     * @param order first the columns below 1, then the others
     */
    private static AliasTable fill(double[] height, int[] order, int below) {
      int size = height.length;
      int[] own = new int[size];
      int[] alias = new int[size];
      int low = 0;
      int high = below;
      while (low < high && high < size) {
        int small = order[low++];
        int large = order[high];
        own[small] = (int) (height[small] * Integer.MAX_VALUE);
        alias[small] = large;
        height[large] -= 1 - height[small];
        if (height[large] < 1) {
          high++;
        }
      }
      // What is left is 1 but for rounding.
      for (; low < size; low++) {
        own[order[low]] = Integer.MAX_VALUE;
        alias[order[low]] = order[low];
      }
      return new AliasTable(own, alias);
    }

    long sample(long random) {
      int column = (int) ((random >>> 32) * own.length >>> 32);
      return (random & Integer.MAX_VALUE) < own[column] ? column : alias[column];
    }
  }
}
