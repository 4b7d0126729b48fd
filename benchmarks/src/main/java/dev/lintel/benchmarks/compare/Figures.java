package dev.lintel.benchmarks.compare;

import java.util.Arrays;
import java.util.Locale;

/** Medians, and numbers as a table shows them: three digits that mean something. */
final class Figures {
  private static final double THOUSAND = 1e3;
  private static final double MILLION = 1e6;

  private Figures() {}

  /**
   * The value in the middle; of an even number, the mean of the two in the middle.
   *
   * @throws IllegalArgumentException if there is none
   */
  static double median(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("Expected at least one value");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** {@code 2.85 M}, {@code 49.1 k}, {@code 870}. */
  static String throughput(double elementsPerSecond) {
    if (elementsPerSecond >= MILLION) {
      return three(elementsPerSecond / MILLION) + " M";
    }
    return elementsPerSecond >= THOUSAND
        ? three(elementsPerSecond / THOUSAND) + " k"
        : three(elementsPerSecond);
  }

  static String seconds(double seconds) {
    return three(seconds) + " s";
  }

  static String ratio(double ratio) {
    return three(ratio) + "×";
  }

  /** Three digits, or all before the point. */
  static String three(double value) {
    if (value == 0) {
      return "0";
    }
    int before = (int) Math.floor(Math.log10(Math.abs(value))) + 1;
    int after = Math.min(3, Math.max(0, 3 - before));
    return String.format(Locale.ROOT, "%." + after + "f", value);
  }
}
