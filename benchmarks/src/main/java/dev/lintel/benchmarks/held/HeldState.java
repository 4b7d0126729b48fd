package dev.lintel.benchmarks.held;

import dev.lintel.benchmarks.cases.Numbers;
import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.run.MeasuredRun;
import dev.lintel.benchmarks.run.RunArguments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * The memory of a state: a number for each key and, if wanted, an event-time timer that is never
 * due. Looks at the process when all keys are there and a checkpoint has been taken of them.
 */
public final class HeldState implements MeasuredRun.Workload {
  /** Of the year 2100: later than the watermark of any run. */
  private static final long DUE_MILLIS = 4_102_444_800_000L;

  /** Files that nobody needs any more are gone after it. */
  private static final Duration SETTLING = Duration.standardSeconds(1);

  private Map<String, Double> measures = Map.of();

  private HeldState() {}

  /** What is kept for each key. */
  public interface Options extends PipelineOptions {
    @Description("Whether each key has a timer.")
    @Default.Boolean(false)
    boolean isTimers();

    void setTimers(boolean value);
  }

  private static final class KeyFn extends DoFn<Long, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;
    private final long keys;

    KeyFn(long keys) {
      this.keys = keys;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(element % keys, element));
    }
  }

  private static final class KeepFn extends DoFn<KV<Long, Long>, Void> {
    private static final long serialVersionUID = 1L;
    private transient long kept;

    @StateId("value")
    private final StateSpec<ValueState<Long>> valueSpec = StateSpecs.value();

    @ProcessElement
    public void process(@Element KV<Long, Long> element, @StateId("value") ValueState<Long> value) {
      if (value.read() == null) {
        kept++;
        value.write(element.getValue());
      }
    }

    @FinishBundle
    public void finishBundle() {
      Tally.add("kept", kept);
      kept = 0;
    }
  }

  private static final class KeepWithTimerFn extends DoFn<KV<Long, Long>, Void> {
    private static final long serialVersionUID = 1L;
    private transient long kept;

    @StateId("value")
    private final StateSpec<ValueState<Long>> valueSpec = StateSpecs.value();

    @TimerId("due")
    private final TimerSpec dueSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("value") ValueState<Long> value,
        @TimerId("due") Timer due) {
      if (value.read() == null) {
        kept++;
        value.write(element.getValue());
        due.set(new Instant(DUE_MILLIS + element.getValue()));
      }
    }

    @OnTimer("due")
    public void onDue() {
      Tally.add("fired", 1);
    }

    @FinishBundle
    public void finishBundle() {
      Tally.add("kept", kept);
      kept = 0;
    }
  }

  public static void main(String[] args) {
    MeasuredRun.main(args, new HeldState());
  }

  @Override
  public double run(RunArguments arguments, Work work) {
    // The folder that the run is started in goes away with it.
    Path folder = Path.of("state").toAbsolutePath();
    List<String> all = new ArrayList<>(arguments.options());
    all.add("--stateDirectory=" + folder);
    all.add("--blockOnRun=false");
    Options options = PipelineOptionsFactory.fromArgs(all.toArray(new String[0])).as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    build(pipeline, options, work.keys());
    long start = System.nanoTime();
    try (RunningJob job = new RunningJob(pipeline.run())) {
      job.await(() -> Tally.sum("kept") >= work.keys());
      double seconds = (System.nanoTime() - start) / 1e9;
      // One may have begun before the last key was there.
      job.awaitCheckpoints(job.checkpoints().completed() + 2);
      job.waitFor(SETTLING);
      measures = Footprint.measure(folder).measures();
      return seconds;
    }
  }

  /** The second input never ends, and so the job does not. */
  private static void build(Pipeline pipeline, Options options, long keys) {
    PCollectionList.of(pipeline.apply("Fill", Numbers.upTo(keys)))
        .and(
            pipeline.apply(
                "GoOn", GenerateSequence.from(0).withRate(1, Duration.standardSeconds(1))))
        .apply(Flatten.pCollections())
        .apply("Key", ParDo.of(new KeyFn(keys)))
        .apply("Keep", ParDo.of(options.isTimers() ? new KeepWithTimerFn() : new KeepFn()));
  }

  @Override
  public int check(RunArguments arguments, Work work) {
    return Tally.expect("kept", work.keys()) + Tally.expect("fired", 0);
  }

  @Override
  public Map<String, Double> measures(RunArguments arguments, Work work) {
    return measures;
  }
}
