package dev.lintel.benchmarks.cases;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;

/**
 * One kind of work that every runner is given: a pipeline, and the check of what came out.
 *
 * <p><b>Contract.</b> In the JVM of a run, for each time the work is run (before the measured one
 * {@link #warmedUp}, if there were others): {@link #prepare}, {@link Tally#clear}, {@link #build},
 * the pipeline is run to its end, {@link #check}, {@link #measures}. Only the time from {@code
 * pipeline.run()} to its end is measured. What a check needs to know goes through {@link Tally},
 * since metrics are off in some settings of some runners.
 */
public interface BenchmarkCase {

  /** The line that a start-up case prints when its pipeline has an element. */
  String RUNNING = "@running";

  /** What users call it, on the command line and in tables: a word or two, such as "combine". */
  String name();

  /** One line for the tables: what is done. */
  String title();

  /** The sizes and distributions at which it is measured, in the order of the tables. */
  List<Work> works();

  /** What throughput is told of: by default the elements of the work. */
  default long elements(Work work) {
    return work.elements();
  }

  /**
   * Whether it reads a source that is unbounded: then checkpoints are on, and Spark is left out.
   */
  default boolean unbounded() {
    return false;
  }

  /** Whether it reads and writes a Kafka broker: then only peers that name it run it. */
  default boolean needsBroker() {
    return false;
  }

  /** Whether the life of the process is measured instead of the throughput. */
  default boolean startUp() {
    return false;
  }

  /** The one of {@link #measures} that ratios are of, the less the better; empty: throughput. */
  default String ratioOf() {
    return "";
  }

  /** What has to be there before the pipeline is built, such as input files and tables of keys. */
  default void prepare(Work work) {}

  /** The next run is the measured one, and there have been others in this JVM. */
  default void warmedUp() {}

  /** Adds the transforms to an empty pipeline. */
  void build(Pipeline pipeline, Work work);

  /**
   * Waits for the end of the pipeline.
   *
   * @param startNanos when it was started, by the clock of {@link System#nanoTime}
   * @return the seconds that count: by default all from its start to its end
   */
  default double secondsToEnd(PipelineResult result, long startNanos) {
    PipelineResult.State state = result.waitUntilFinish();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    if (state != PipelineResult.State.DONE) {
      throw new IllegalStateException("Expected the pipeline to be done, but it is " + state);
    }
    return seconds;
  }

  /**
   * Compares what came out with what should have.
   *
   * @return how many facts were checked, at least one
   * @throws WrongResultException if any is not as expected
   */
  int check(Work work);

  /** Figures beside the throughput, by name with unit, such as "p99 ms". */
  default Map<String, Double> measures(Work work) {
    return Map.of();
  }
}
