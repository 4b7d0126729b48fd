package dev.lintel.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.transforms.DoFn;

/**
 * Hands its elements on, and fails at every so-manieth, but altogether only so often: every restart
 * has new copies of it, so what is left is counted by name.
 */
final class Stumble<T> extends DoFn<T, T> {
  private static final long serialVersionUID = 1L;
  private static final Map<String, AtomicInteger> LEFT = new ConcurrentHashMap<>();

  private final String name;
  private final int every;
  private int seen;

  /**
   * @param name of its own in the JVM
   */
  Stumble(String name, int times, int every) {
    this.name = name;
    this.every = every;
    LEFT.putIfAbsent(name, new AtomicInteger(times));
  }

  @ProcessElement
  public void process(@Element T element, OutputReceiver<T> output) {
    seen++;
    if (seen % every == 0 && LEFT.get(name).getAndDecrement() > 0) {
      throw new IllegalStateException("stumbled at element " + seen);
    }
    output.output(element);
  }

  /** How often it will fail yet; not more than zero when it has failed as often as it was to. */
  static int left(String name) {
    return LEFT.get(name).get();
  }
}
