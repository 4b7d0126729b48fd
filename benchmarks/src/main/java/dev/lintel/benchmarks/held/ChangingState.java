package dev.lintel.benchmarks.held;

import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.compare.Figures;
import dev.lintel.benchmarks.held.RunningJob.Checkpoints;
import dev.lintel.benchmarks.run.MeasuredRun;
import dev.lintel.benchmarks.run.RunArguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;

/**
 * The checkpoints of a state that changes at a steady rate: every key's value is written once, then
 * random keys are written again, so many of them from one checkpoint to the next. The figures are
 * medians over the checkpoints after the filling.
 */
public final class ChangingState implements MeasuredRun.Workload {
  private static final double MEBIBYTE = 1 << 20;

  private Map<String, Double> measures = Map.of();

  private ChangingState() {}

  /** The size of the values, and how many of them change. */
  public interface Options extends PipelineOptions {
    @Description("Bytes of each key's value, which don't compress.")
    @Default.Integer(1_000)
    int getValueBytes();

    void setValueBytes(int value);

    @Description("What part of the keys is written again between two checkpoints.")
    @Default.Double(0.01)
    double getChanged();

    void setChanged(double value);

    @Description("The checkpoints' interval.")
    @Default.Long(3_000)
    long getChangeMillis();

    void setChangeMillis(long value);

    @Description("How many checkpoints are looked at.")
    @Default.Integer(5)
    int getCheckpoints();

    void setCheckpoints(int value);
  }

  private static final class KeepFn extends DoFn<KV<Long, Long>, Void> {
    private static final long serialVersionUID = 1L;
    private final int bytes;
    private transient long kept;
    private transient long changed;

    @StateId("value")
    private final StateSpec<ValueState<byte[]>> valueSpec = StateSpecs.value(ByteArrayCoder.of());

    KeepFn(int bytes) {
      this.bytes = bytes;
    }

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, @StateId("value") ValueState<byte[]> value) {
      if (value.read() == null) {
        kept++;
      } else {
        changed++;
      }
      value.write(ChangingKeys.value(element, bytes));
    }

    @FinishBundle
    public void finishBundle() {
      Tally.add("kept", kept);
      Tally.add("changed", changed);
      kept = 0;
      changed = 0;
    }
  }

  public static void main(String[] args) {
    MeasuredRun.main(args, new ChangingState());
  }

  @Override
  public double run(RunArguments arguments, Work work) {
    List<String> all = new ArrayList<>(arguments.options());
    all.add("--blockOnRun=false");
    Options options = PipelineOptionsFactory.fromArgs(all.toArray(new String[0])).as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    build(pipeline, options, work.keys());
    long start = System.nanoTime();
    try (RunningJob job = new RunningJob(pipeline.run())) {
      job.await(() -> Tally.sum("kept") >= work.keys());
      double seconds = (System.nanoTime() - start) / 1e9;
      // The one under way, and the next, have what was left of the filling.
      Checkpoints first = job.awaitCheckpoints(job.checkpoints().completed() + 2);
      measures = look(job, first, options.getCheckpoints());
      return seconds;
    }
  }

  private static void build(Pipeline pipeline, Options options, long keys) {
    long changes = ChangingKeys.changes(keys, options.getChanged());
    pipeline
        .apply("Keys", new ChangingKeys(keys, changes, options.getChangeMillis()))
        .apply("Keep", ParDo.of(new KeepFn(options.getValueBytes())));
  }

  private static Map<String, Double> look(RunningJob job, Checkpoints first, int count) {
    double[] pauses = new double[count];
    double[] durations = new double[count];
    double[] stored = new double[count];
    long changedBefore = Tally.sum("changed");
    Checkpoints before = first;
    for (int i = 0; i < count; i++) {
      Checkpoints now = job.awaitCheckpoints(before.completed() + 1);
      double since = now.completed() - before.completed();
      pauses[i] = (now.pauseMillis() - before.pauseMillis()) / since;
      durations[i] = (now.durationMillis() - before.durationMillis()) / since;
      stored[i] = (now.storedBytes() - before.storedBytes()) / since / MEBIBYTE;
      before = now;
    }
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("pause ms", Figures.median(pauses));
    measures.put("duration ms", Figures.median(durations));
    measures.put("stored MiB", Figures.median(stored));
    measures.put(
        "changes",
        (Tally.sum("changed") - changedBefore) / (double) (before.completed() - first.completed()));
    return measures;
  }

  /** Random keys may come before the filling has reached them: then the fill counts as a change. */
  @Override
  public int check(RunArguments arguments, Work work) {
    return Tally.expect("kept", work.keys());
  }

  @Override
  public Map<String, Double> measures(RunArguments arguments, Work work) {
    return measures;
  }
}
