package dev.lintel.faults.input;

import java.util.SplittableRandom;

/**
 * One element of the input, made from the seed and its number: so it need not be kept to be known.
 *
 * @param timeMillis its event time: out of order by less than {@link #LATENESS_MILLIS}
 */
public record Event(long id, String key, long timeMillis) {
  public static final int PARTITIONS = 3;

  /** Once an element of a partition has a time, no other follows that is older by this. */
  public static final long LATENESS_MILLIS = 500;

  /** 2026-01-01. All that counts are differences. */
  public static final long FIRST_MILLIS = 1_767_225_600_000L;

  private static final int KEYS = 20;
  private static final long STEP_MILLIS = 20;

  public static Event of(long seed, long id) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003 + id);
    long disorder = random.nextLong(LATENESS_MILLIS - 1);
    return new Event(id, "k" + random.nextInt(KEYS), latestMillis(id) - disorder);
  }

  /** No earlier element has a later time than this. */
  public static long latestMillis(long id) {
    return FIRST_MILLIS + LATENESS_MILLIS + id * STEP_MILLIS;
  }

  /** The partition of all elements of its key: so these stay in order. */
  public static int partitionOf(String key) {
    return Integer.parseInt(key.substring(1)) % PARTITIONS;
  }
}
