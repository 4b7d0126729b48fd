package dev.lintel.benchmarks.kafka;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Work;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/**
 * Case (g): records of a Kafka topic are counted by key, and each new count is written to another
 * topic.
 *
 * <p>For throughput, all input is there before the clock starts, and its seconds end with the last
 * count that the broker gets, whether it is committed or not: so that they don't depend on when the
 * next commit is due. When a reader has seen all of it is measured beside. For latency, records
 * come at a fixed rate.
 */
public final class KafkaCounts implements BenchmarkCase {
  /** Where the broker is: the driver sets it for each JVM. */
  public static final String BROKER_PROPERTY = "benchmarks.broker";

  private final Input input;
  private @Nullable CountRun run;

  private KafkaCounts(Input input) {
    this.input = input;
  }

  /** When the records are there. */
  public enum Input {
    /** Before the pipeline starts. */
    LOADED,
    /** One after the other, at a fixed rate, while it runs. */
    PACED
  }

  public static List<BenchmarkCase> all() {
    return List.of(new KafkaCounts(Input.LOADED), new KafkaCounts(Input.PACED));
  }

  /** How the input of a case comes, which is one of {@link #all}. */
  public static Input inputOf(String caseName) {
    for (Input each : Input.values()) {
      if (new KafkaCounts(each).name().equals(caseName)) {
        return each;
      }
    }
    throw new IllegalArgumentException("Expected a case with Kafka, but it is " + caseName);
  }

  @Override
  public String name() {
    return input == Input.LOADED ? "kafka" : "kafka-latency";
  }

  @Override
  public String title() {
    return "Kafka to Kafka count per key"
        + (input == Input.LOADED
            ? ""
            : " at " + CountRun.RATE_PER_SECOND + "/s (ratio of " + CountRun.RATIO_OF + ")");
  }

  @Override
  public List<Work> works() {
    return input == Input.LOADED
        ? List.of(Work.cyclic(2_000_000, 100_000), Work.zipf(2_000_000, 100_000))
        : List.of(Work.cyclic(150_000, 10_000));
  }

  @Override
  public long elements(Work work) {
    return prepared().timed();
  }

  @Override
  public boolean unbounded() {
    return true;
  }

  @Override
  public boolean needsBroker() {
    return true;
  }

  @Override
  public String ratioOf() {
    return input == Input.LOADED ? "" : CountRun.RATIO_OF;
  }

  @Override
  public void prepare(Work work) {
    PipelineOptionsFactory.register(KafkaCaseOptions.class);
    if (run != null) {
      run.close();
    }
    run = CountRun.prepare(work, input);
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    CountPipeline.build(pipeline, prepared());
  }

  @Override
  public double secondsToEnd(PipelineResult result, long startNanos) {
    return CountPipeline.secondsToEnd(result, prepared(), startNanos);
  }

  @Override
  public int check(Work work) {
    return prepared().check();
  }

  @Override
  public Map<String, Double> measures(Work work) {
    return prepared().measures();
  }

  private CountRun prepared() {
    if (run == null) {
      throw new IllegalStateException("Expected prepare() to be called first, but it was not");
    }
    return run;
  }
}
