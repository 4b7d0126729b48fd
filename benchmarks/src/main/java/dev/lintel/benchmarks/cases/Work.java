package dev.lintel.benchmarks.cases;

import java.util.Locale;

/** How much a case does in one run: elements, distinct keys, and how keys are chosen. */
public record Work(long elements, long keys, KeyDistribution distribution) {

  /** Which key an element has. */
  public enum KeyDistribution {
    /** There is one key, or none. */
    NONE,
    /** Each key in turn: no locality, the worst case for a cache. */
    CYCLIC,
    /** Few keys have many elements, most have few: what is found in practice. */
    ZIPF
  }

  public Work {
    if (elements < 1 || keys < 1) {
      throw new IllegalArgumentException(
          "Expected elements and keys, but got " + elements + " and " + keys);
    }
  }

  public static Work unkeyed(long elements) {
    return new Work(elements, 1, KeyDistribution.NONE);
  }

  public static Work cyclic(long elements, long keys) {
    return new Work(elements, keys, KeyDistribution.CYCLIC);
  }

  public static Work zipf(long elements, long keys) {
    return new Work(elements, keys, KeyDistribution.ZIPF);
  }

  /** The same with fewer elements and keys: as many elements for each key. */
  public Work dividedBy(long divisor) {
    return new Work(Math.max(1, elements / divisor), Math.max(1, keys / divisor), distribution);
  }

  /** The same keys with other elements. */
  public Work withElements(long count) {
    return new Work(count, keys, distribution);
  }

  /** For tables, such as "10 M elements, 1 M keys, cyclic". */
  public String describe() {
    String count = round(elements) + " elements";
    return distribution == KeyDistribution.NONE
        ? count
        : count + ", " + round(keys) + " keys, " + distribution.name().toLowerCase(Locale.ROOT);
  }

  /** {@code 10 M}, {@code 2.5 M}, {@code 100 k}, {@code 7}. */
  static String round(long count) {
    if (count >= 1_000_000) {
      return scaled(count, 1_000_000) + " M";
    }
    return count >= 1_000 ? scaled(count, 1_000) + " k" : Long.toString(count);
  }

  private static String scaled(long count, long unit) {
    String text = String.format(Locale.ROOT, "%.2f", (double) count / unit);
    return text.replaceAll("\\.?0+$", "");
  }
}
