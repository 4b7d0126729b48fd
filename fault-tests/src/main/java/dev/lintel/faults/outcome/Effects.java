package dev.lintel.faults.outcome;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Effects, and how often each is there. */
public final class Effects {
  private static final int NAMED_MAX = 20;

  private final Map<String, Long> counts = new TreeMap<>();
  private long size;

  public void add(String effect) {
    add(effect, 1);
  }

  public void add(String effect, long times) {
    counts.merge(effect, times, Long::sum);
    size += times;
  }

  /** How many there are, each as often as it is there. */
  public long size() {
    return size;
  }

  /** What of these effects a number of others lacks, and what those have more often. */
  public Comparison compare(Effects others) {
    List<String> lost = new ArrayList<>();
    List<String> duplicated = new ArrayList<>();
    long lostCount = missing(counts, others.counts, lost);
    long duplicatedCount = missing(others.counts, counts, duplicated);
    return new Comparison(size, lostCount, lost, duplicatedCount, duplicated);
  }

  private static long missing(Map<String, Long> wanted, Map<String, Long> there, List<String> out) {
    long missing = 0;
    for (Map.Entry<String, Long> each : wanted.entrySet()) {
      long lacks = each.getValue() - there.getOrDefault(each.getKey(), 0L);
      if (lacks > 0) {
        missing += lacks;
        if (out.size() < NAMED_MAX) {
          out.add(each.getKey() + (lacks > 1 ? " (" + lacks + " times)" : ""));
        }
      }
    }
    return missing;
  }

  /**
   * What came of a run. An effect that is wrong counts twice: the right one is lost, and this one
   * is one too many.
   *
   * @param demanded how many effects the input has
   * @param lostNames the first of them
   */
  public record Comparison(
      long demanded,
      long lost,
      List<String> lostNames,
      long duplicated,
      List<String> duplicatedNames) {
    public boolean isExact() {
      return lost == 0 && duplicated == 0;
    }
  }
}
