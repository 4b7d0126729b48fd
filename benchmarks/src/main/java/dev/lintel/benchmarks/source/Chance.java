package dev.lintel.benchmarks.source;

/**
 * Chance without state: numbers that look drawn, but are a function of what they are drawn for.
 *
 * <p>The mixing is the finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom
 * Number Generators, 2014).
 */
public final class Chance {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long SECOND = 0xD1342543DE82EF95L;
  private static final long THIRD = 0xAEF17502108EF2D9L;

  private Chance() {}

  /** A number for each (seed, index, draw): 64 bits that depend on all three. */
  public static long draw(long seed, long index, int draw) {
    return mix(mix(seed + index * GOLDEN) + draw * GOLDEN);
  }

  /**
   * Makes a number below a bound of random bits.
   *
   * @param bound at most 2^31
   */
  public static int below(int bound, long bits) {
    return (int) (((bits >>> 32) * bound) >>> 32);
  }

  /** Every bit of the result depends on every bit of the value, and no two values have the same. */
  public static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** One number of several, in this order. Cheap: each event that comes out is checked so. */
  public static long mix(long first, long second) {
    return mix(first * GOLDEN + second * SECOND);
  }

  /** One number of several, in this order. */
  public static long mix(long first, long second, long third) {
    return mix(first * GOLDEN + second * SECOND + third * THIRD);
  }
}
