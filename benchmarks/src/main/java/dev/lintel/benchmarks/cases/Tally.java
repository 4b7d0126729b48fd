package dev.lintel.benchmarks.cases;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sums that DoFns add to and the check of a case reads, in the one JVM that both run in.
 *
 * <p>They work alike on every runner, also where metrics are off. A DoFn keeps its own sums in
 * transient fields and adds them here at the end of its bundle, so that no element pays for them.
 */
public final class Tally {
  private static final Map<String, LongAdder> SUMS = new ConcurrentHashMap<>();

  private Tally() {}

  public static void add(String name, long amount) {
    SUMS.computeIfAbsent(name, unused -> new LongAdder()).add(amount);
  }

  public static long sum(String name) {
    LongAdder adder = SUMS.get(name);
    return adder == null ? 0 : adder.sum();
  }

  /** All sums, in the order of their names. */
  public static Map<String, Long> sums() {
    Map<String, Long> all = new TreeMap<>();
    SUMS.forEach((name, adder) -> all.put(name, adder.sum()));
    return all;
  }

  public static void clear() {
    SUMS.clear();
  }

  /**
   * Checks one sum.
   *
   * @return 1, the number of facts checked
   * @throws WrongResultException if it is another
   */
  public static int expect(String name, long expected) {
    long sum = sum(name);
    if (sum != expected) {
      throw new WrongResultException(
          "Expected "
              + name
              + " to be "
              + expected
              + ", but was "
              + sum
              + " (sums="
              + sums()
              + ")");
    }
    return 1;
  }
}
