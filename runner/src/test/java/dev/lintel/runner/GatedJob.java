package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job that is started several times, with pipelines that may differ: each run reads the numbers
 * of a {@link GatedSource} up to a gate, and what comes of them is collected.
 */
final class GatedJob {
  static final long END = 60;

  /** By job: what the pipeline has given in this run. */
  private static final Map<String, Queue<String>> OUTPUTS = new ConcurrentHashMap<>();

  private final String name;
  private final JobOptions options;
  private final Path folder;
  private int runs;
  private int outputsAwaited;

  /** What is done with the numbers. */
  interface Body {
    PCollection<String> apply(PCollection<Long> numbers);
  }

  GatedJob(String name, Path folder) {
    this.name = name;
    this.folder = folder;
    this.options =
        new JobOptions(name)
            .set("checkpointIntervalMillis", "3600000")
            .set("checkpointDir", checkpoints().toString())
            .set("restartStrategy", "none");
  }

  GatedJob set(String option, String value) {
    options.set(option, value);
    return this;
  }

  GatedJob unset(String option) {
    options.unset(option);
    return this;
  }

  /** Beside the numbers that are read, runs that are stopped wait for so many outputs. */
  GatedJob awaitOutputs(int count) {
    outputsAwaited = count;
    return this;
  }

  Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  private static final class Collect extends DoFn<String, Void> {
    private final String job;

    Collect(String job) {
      this.job = job;
    }

    @ProcessElement
    public void process(@Element String element) {
      OUTPUTS.get(job).add(element);
    }
  }

  private LintelPipelineResult start(long gate, Body body) {
    runs++;
    // Of its own: what an earlier run has left on this machine is not used.
    set("stateDirectory", folder.resolve("local-" + name + "-" + runs).toString());
    GatedSource.setGate(name, gate);
    OUTPUTS.put(name, new ConcurrentLinkedQueue<>());
    Pipeline pipeline = options.pipeline();
    body.apply(pipeline.apply("Numbers", Read.from(new GatedSource(name, END))))
        .apply("Collect", ParDo.of(new Collect(name)));
    return (LintelPipelineResult) pipeline.run();
  }

  /** A run that is stopped with a checkpoint after some numbers. */
  List<String> runTo(long gate, long numbers, Body body) {
    return runTo(gate, numbers, body, null);
  }

  /**
   * A run that is stopped when it has read so many numbers.
   *
   * @param gate the first number that it does not read
   * @param savepoint where a savepoint goes; null: it is stopped with a checkpoint
   */
  List<String> runTo(long gate, long numbers, Body body, @Nullable Path savepoint) {
    LintelPipelineResult result = start(gate, body);
    await(result, numbers);
    assertThat(result.stop(savepoint == null ? null : savepoint.toString()))
        .isEqualTo(State.CANCELLED);
    return outputs();
  }

  /** A run that is cancelled, and takes no checkpoint. */
  void runAndCancel(Body body) {
    LintelPipelineResult result = start(0, body);
    await(result, 0);
    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
  }

  private void await(LintelPipelineResult result, long numbers) {
    while (GatedSource.read(name) < numbers || OUTPUTS.get(name).size() < outputsAwaited) {
      // Ends the wait with its failure if it fails.
      assertThat(result.waitUntilFinish(Duration.millis(5))).as("state of job " + name).isNull();
    }
  }

  /** A run that goes on to the end. */
  List<String> runToEnd(Body body) {
    assertThat(start(END, body).waitUntilFinish()).isEqualTo(State.DONE);
    return outputs();
  }

  /** In no certain order; sorted. */
  private List<String> outputs() {
    return OUTPUTS.get(name).stream().sorted().toList();
  }

  static PCollection<String> together(List<PCollection<String>> all) {
    return PCollectionList.of(all).apply("Together", Flatten.pCollections());
  }
}
