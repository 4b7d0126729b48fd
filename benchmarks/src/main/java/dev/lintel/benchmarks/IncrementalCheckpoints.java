package dev.lintel.benchmarks;

import dev.lintel.benchmarks.held.ChangingKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.DistributionResult;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.HistogramData;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;

/**
 * Checkpoints of a large state of which little changes: a value of a few kilobytes for each key is
 * written once, then random keys are written again at a steady rate. Prints what the job's own
 * metrics say of each checkpoint.
 */
public final class IncrementalCheckpoints {
  private static final long SECOND = 1_000;

  private IncrementalCheckpoints() {}

  /** The size of the work. */
  public interface Options extends PipelineOptions {
    @Description("How many keys there are.")
    @Default.Long(1_000_000)
    long getKeys();

    void setKeys(long value);

    @Description("Bytes of each key's value, which don't compress.")
    @Default.Integer(5_000)
    int getValueBytes();

    void setValueBytes(int value);

    @Description("What part of the keys is changed again and again.")
    @Default.Double(0.01)
    double getChanged();

    void setChanged(double value);

    @Description("How many checkpoints are looked at, after all keys are there.")
    @Default.Integer(20)
    int getCheckpoints();

    void setCheckpoints(int value);

    @Description("Milliseconds in which that part is changed: the checkpoints' interval.")
    @Default.Long(5_000)
    long getChangeMillis();

    void setChangeMillis(long value);
  }

  private static final class KeepFn extends DoFn<KV<Long, Long>, Void> {
    private static final long serialVersionUID = 1L;
    private final int bytes;
    private final Counter kept = Metrics.counter(IncrementalCheckpoints.class, "kept");

    @StateId("value")
    private final StateSpec<ValueState<byte[]>> valueSpec = StateSpecs.value(ByteArrayCoder.of());

    KeepFn(int bytes) {
      this.bytes = bytes;
    }

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, @StateId("value") ValueState<byte[]> value) {
      if (value.read() == null) {
        kept.inc();
      }
      value.write(ChangingKeys.value(element, bytes));
    }
  }

  /** What a job counts of its checkpoints, at one time. */
  private record Seen(long kept, long completed, long storedBytes, DistributionResult pauses) {
    static Seen of(PipelineResult result) {
      return new Seen(
          counter(result, IncrementalCheckpoints.class.getName(), "kept"),
          counter(result, "lintel.checkpoints", "completed"),
          counter(result, "lintel.checkpoints", "storedBytes"),
          attempted(
              query(result, "lintel.checkpoints", "pauseMillis").getDistributions(),
              DistributionResult.IDENTITY_ELEMENT));
    }

    private static long counter(PipelineResult result, String namespace, String name) {
      return attempted(query(result, namespace, name).getCounters(), 0L);
    }
  }

  private static MetricQueryResults query(PipelineResult result, String namespace, String name) {
    return result
        .metrics()
        .queryMetrics(
            MetricsFilter.builder().addNameFilter(MetricNameFilter.named(namespace, name)).build());
  }

  private static <T> T attempted(Iterable<MetricResult<T>> results, T otherwise) {
    for (MetricResult<T> each : results) {
      return each.getAttempted();
    }
    return otherwise;
  }

  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    long keys = options.getKeys();
    long changes = ChangingKeys.changes(keys, options.getChanged());
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Keys", new ChangingKeys(keys, changes, options.getChangeMillis()))
        .apply("Keep", ParDo.of(new KeepFn(options.getValueBytes())));
    PipelineResult result = pipeline.run();
    double stateMiB = keys * (double) options.getValueBytes() / (1 << 20);
    System.out.printf(
        "%,d keys, %,.0f MiB of state, %,d changes (%,.1f MiB) every %,d ms%n",
        keys,
        stateMiB,
        changes,
        changes * (double) options.getValueBytes() / (1 << 20),
        options.getChangeMillis());
    Seen filled = await(result, 0, keys);
    System.out.printf(
        "filled; %d checkpoints meanwhile, longest pause %d ms%n",
        filled.completed(), filled.pauses().getMax());
    // The first one has what was left of the filling.
    Seen before = await(result, filled.completed() + 2, keys);
    Seen first = before;
    List<Double> stored = new ArrayList<>();
    for (int i = 1; i <= options.getCheckpoints(); i++) {
      Seen now = await(result, before.completed() + 1, keys);
      double mib =
          (now.storedBytes() - before.storedBytes())
              / (double) (1 << 20)
              / (now.completed() - before.completed());
      stored.add(mib);
      System.out.printf(
          "checkpoint %d: %,.1f MiB stored, paused %d ms%n",
          now.completed(), mib, now.pauses().getSum() - before.pauses().getSum());
      before = now;
    }
    print(result, stored, first, before, stateMiB);
    cancel(result);
  }

  private static void print(
      PipelineResult result, List<Double> stored, Seen first, Seen last, double stateMiB) {
    double mean =
        (last.storedBytes() - first.storedBytes())
            / (double) (1 << 20)
            / (last.completed() - first.completed());
    HistogramData pauses =
        attempted(
            query(result, "lintel.checkpoints", "pauseMillis").getHistograms(),
            HistogramData.exponential(2, 1));
    stored.sort(null);
    System.out.printf(
        "stored per checkpoint: median %,.1f MiB, mean %,.1f MiB, largest %,.1f MiB (%.1f %% of the"
            + " state in the mean)%n",
        stored.get(stored.size() / 2), mean, stored.get(stored.size() - 1), 100 * mean / stateMiB);
    System.out.printf(
        "processing paused, all %d checkpoints: median %.0f ms, p99 %.0f ms, longest %d ms%n",
        last.completed(), pauses.p50(), pauses.p99(), last.pauses().getMax());
  }

  /** Waits until so many checkpoints are complete, and so many keys are there. */
  private static Seen await(PipelineResult result, long completed, long keys) {
    while (true) {
      PipelineResult.State ended = result.waitUntilFinish(Duration.millis(SECOND / 10));
      if (ended != null) {
        throw new IllegalStateException("Expected the job to run, but it is " + ended);
      }
      Seen now = Seen.of(result);
      if (now.completed() >= completed && now.kept() >= keys) {
        return now;
      }
    }
  }

  private static void cancel(PipelineResult result) {
    try {
      result.cancel();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
