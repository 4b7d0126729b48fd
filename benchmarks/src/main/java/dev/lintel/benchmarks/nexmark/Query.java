package dev.lintel.benchmarks.nexmark;

import java.io.Serializable;
import org.apache.beam.sdk.values.PCollection;

/**
 * One of Nexmark's queries: as a Beam pipeline, and as a plain Java model of what it gives.
 *
 * @param <T> of its results
 */
abstract class Query<T> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What of the results does not depend on chance, and is checked. */
  enum Outcome {
    /** Each of them, once. */
    EACH,
    /** The last one of each key, by its pane: how many came before depends on the bundles. */
    LAST,
    /** The sum of each key: how it is spread over panes depends on the clock. */
    SUM
  }

  /** Takes what the model gives. */
  interface Results<T> {
    /**
     * @param millis the timestamp, or 0 where it depends on the order of the events
     */
    void add(T value, long millis);
  }

  private final int number;
  private final String title;
  private final Outcome outcome;

  Query(int number, String title, Outcome outcome) {
    this.number = number;
    this.title = title;
    this.outcome = outcome;
  }

  final String name() {
    return "q" + number;
  }

  final String title() {
    return title;
  }

  final Outcome outcome() {
    return outcome;
  }

  abstract PCollection<T> results(PCollection<Event> events);

  /**
   * Gives all results.
   *
   * @param events in the order of time; may be gone through several times
   */
  abstract void model(Iterable<Event> events, Results<? super T> results);

  /** A number that stands for a result in checksums. */
  abstract long digest(T value, long millis);

  /** Whether the timestamps of its results are the same whatever the order of the events. */
  boolean timestampsAreChecked() {
    return outcome == Outcome.EACH;
  }
}
