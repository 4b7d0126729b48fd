package dev.lintel.benchmarks.nexmark;

import dev.lintel.benchmarks.cases.Tally;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;

/** Counts the results of a query and adds up their digests: their order does not matter. */
final class ResultSink<T> extends DoFn<T, Void> {
  private static final long serialVersionUID = 1L;
  static final String RESULTS = "results";
  static final String DIGEST = "digest";

  private final Query<T> query;
  private transient long results;
  private transient long digest;

  ResultSink(Query<T> query) {
    this.query = query;
  }

  @StartBundle
  public void startBundle() {
    results = 0;
    digest = 0;
  }

  @ProcessElement
  public void process(@Element T value, @Timestamp Instant timestamp, PaneInfo pane) {
    results++;
    if (query.outcome() == Query.Outcome.LAST) {
      LastPanes.put(value, pane.getIndex());
    } else {
      digest += query.digest(value, query.timestampsAreChecked() ? timestamp.getMillis() : 0);
    }
  }

  @FinishBundle
  public void finishBundle() {
    Tally.add(RESULTS, results);
    Tally.add(DIGEST, digest);
  }
}
