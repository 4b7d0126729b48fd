package dev.lintel.runner;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * Hands its elements on, and fails at every so-manieth, but altogether only so often: every restart
 * has new copies of it, so what is left is counted by name.
 */
final class Stumble<T> extends DoFn<T, T> {
  private static final Map<String, AtomicInteger> LEFT = new ConcurrentHashMap<>();

  private final String name;
  private final int every;
  private int seen;

  /**
   * @param name what {@link #allow} was called with
   */
  Stumble(String name, int every) {
    this.name = name;
    this.every = every;
  }

  /** From now on, so many failures of this name. */
  static void allow(String name, int times) {
    LEFT.put(name, new AtomicInteger(times));
  }

  /** Fails if it may. Whoever has a name may. */
  static void here(String name, String where) {
    if (LEFT.get(name).getAndDecrement() > 0) {
      throw new IllegalStateException("stumbled at " + where);
    }
  }

  /** How often it will fail yet; not more than zero when it has failed as often as it was to. */
  static int left(String name) {
    return LEFT.get(name).get();
  }

  static boolean isOver(String name) {
    return left(name) <= 0;
  }

  @ProcessElement
  public void process(@Element T element, OutputReceiver<T> output) {
    seen++;
    if (seen % every == 0) {
      here(name, "element " + seen);
    }
    output.output(element);
  }
}
