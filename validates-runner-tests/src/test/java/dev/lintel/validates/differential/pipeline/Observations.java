package dev.lintel.validates.differential.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * What the current pipeline has given so far. The pipeline runs in this process, so its last DoFns
 * leave what they see in a static field.
 *
 * <p>Ownership: written by the runner's threads, read once the pipeline has ended. A pipeline that
 * failed may still have threads when the next one runs: what they leave carries the number of
 * another run and is dropped.
 */
final class Observations {
  /** The namespace of the metrics that are compared. */
  static final String METRICS = "differential";

  private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();
  private static volatile long currentRun;

  private Observations() {}

  /** Forgets everything and gives the next run's number. */
  static synchronized long startRun() {
    currentRun++;
    SEEN.clear();
    return currentRun;
  }

  /** What was seen since the run started, sorted. */
  static List<String> sorted() {
    List<String> lines = new ArrayList<>(SEEN);
    lines.sort(null);
    return lines;
  }

  /** Leaves each element with all that is known about it, and counts it. */
  static final class Observe extends DoFn<KV<String, Long>, Void> {
    private final long run;
    private final String collection;
    private final boolean paneKnown;
    private final Counter elements;
    private final Distribution values;

    Observe(long run, String collection, boolean paneKnown) {
      this.run = run;
      this.collection = collection;
      this.paneKnown = paneKnown;
      elements = Metrics.counter(METRICS, "elements-of-" + collection);
      values = Metrics.distribution(METRICS, "values-of-" + collection);
    }

    @ProcessElement
    public void process(
        @Element KV<String, Long> element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        PaneInfo pane) {
      elements.inc();
      values.update(element.getValue());
      if (run == currentRun) {
        SEEN.add(
            collection
                + " "
                + element.getKey()
                + "="
                + element.getValue()
                + " @"
                + timestamp
                + " "
                + (window instanceof GlobalWindow ? "global" : window)
                + (paneKnown ? " " + pane : ""));
      }
    }
  }
}
