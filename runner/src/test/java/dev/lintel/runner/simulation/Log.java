package dev.lintel.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What an external system has for a source: partitions of elements whose order is not that of their
 * timestamps. Finalized marks truncate it, as a broker deletes what was acknowledged.
 */
final class Log {
  static final int KEYS = 4;
  private static final int PARTITIONS_MAX = 3;
  private static final int ELEMENTS_MAX = 24;
  private static final int STEP_MILLIS = 4;
  private static final int DISORDER_MILLIS = 25;

  private final List<List<Element>> partitions = new ArrayList<>();

  /** By partition and position: no element from there on is earlier. */
  private final List<long[]> watermarks = new ArrayList<>();

  private final int[] truncated;

  /**
   * @param firstValue values are unlike each other, and begin here
   */
  Log(SplittableRandom random, long firstValue) {
    int count = 1 + random.nextInt(PARTITIONS_MAX);
    long value = firstValue;
    for (int i = 0; i < count; i++) {
      List<Element> elements = new ArrayList<>();
      int size = random.nextInt(ELEMENTS_MAX);
      for (int k = 0; k < size; k++) {
        long timestamp = (long) k * STEP_MILLIS + random.nextInt(DISORDER_MILLIS);
        elements.add(new Element(random.nextInt(KEYS), value++, timestamp));
      }
      partitions.add(elements);
      watermarks.add(suffixMin(elements));
    }
    truncated = new int[count];
  }

  private static long[] suffixMin(List<Element> elements) {
    long[] min = new long[elements.size()];
    long earliest = Long.MAX_VALUE;
    for (int i = elements.size() - 1; i >= 0; i--) {
      earliest = Math.min(earliest, elements.get(i).timestampMillis());
      min[i] = earliest;
    }
    return min;
  }

  int partitions() {
    return partitions.size();
  }

  List<Element> partition(int index) {
    return partitions.get(index);
  }

  /** No element of a partition from a position on is earlier; the position is not its end. */
  long watermark(int partition, int position) {
    return watermarks.get(partition)[position];
  }

  List<Element> all() {
    return partitions.stream().flatMap(List::stream).toList();
  }

  /** Nothing before the position will be asked for again. */
  void truncate(int partition, int position) {
    truncated[partition] = Math.max(truncated[partition], position);
  }

  int truncated(int partition) {
    return truncated[partition];
  }
}
