package dev.lintel.faults.input;

import java.util.SplittableRandom;

/** The side input: a number for each stretch of event time. */
public final class Rates {
  /** How long a rate is valid. */
  public static final long VALID_MILLIS = 5_000;

  private Rates() {}

  /** The number of the stretch that a time is in. */
  public static long stretchOf(long timeMillis) {
    return (timeMillis - Event.FIRST_MILLIS) / VALID_MILLIS;
  }

  public static long startMillis(long stretch) {
    return Event.FIRST_MILLIS + stretch * VALID_MILLIS;
  }

  public static long valueOf(long seed, long stretch) {
    return random(seed, stretch).nextLong(1_000_000);
  }

  /**
   * When a rate is told: some time before it is valid, or a bit after, so that elements wait for
   * it.
   */
  public static long toldAtMillis(long seed, long stretch) {
    SplittableRandom random = random(seed, stretch);
    random.nextLong();
    return startMillis(stretch) + random.nextLong(-VALID_MILLIS / 2, VALID_MILLIS / 4);
  }

  private static SplittableRandom random(long seed, long stretch) {
    return new SplittableRandom(seed * 7_919 + stretch);
  }
}
