package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lintel.runner.job.JobFailedException;
import dev.lintel.runner.job.StuckTaskException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.metrics.DelegatingHistogram;
import org.apache.beam.sdk.metrics.Histogram;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.util.HistogramData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollectionView;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job ends in bounded time, whatever the user's code does, and takes nothing away under it. */
@Timeout(120)
class EndingTest {
  @TempDir Path folder;

  @BeforeEach
  void closeTheGate() {
    StuckFn.gate = new StuckFn.Gate();
  }

  private Pipeline pipeline(String... args) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--runner=LintelRunner",
                "--jobName=ending",
                "--parallelism=1",
                "--blockOnRun=false",
                "--stateDirectory=" + folder));
    all.addAll(List.of(args));
    return Pipeline.create(PipelineOptionsFactory.fromArgs(all.toArray(new String[0])).create());
  }

  private static PipelineResult runUntilStuck(Pipeline pipeline) throws InterruptedException {
    PipelineResult result = pipeline.run();
    assertThat(StuckFn.gate.reached.await(60, TimeUnit.SECONDS)).isTrue();
    return result;
  }

  private static void applyStuck(Pipeline pipeline, StuckFn.Kind kind) {
    pipeline
        .apply("Numbers", Create.of(KV.of("a", 41L)))
        .apply("Stuck", ParDo.of(new StuckFn(kind)));
  }

  /** Opens the gate, and waits for the threads that were stuck. */
  private static void letGo() throws InterruptedException {
    StuckFn.gate.released.countDown();
    for (Thread each : Thread.getAllStackTraces().keySet()) {
      if (each.getName().startsWith("lintel-ending")) {
        each.join();
      }
    }
  }

  /** What is kept on disk; the folder and its lock are left to the next run. */
  private List<Path> left() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(each -> Files.isRegularFile(each) && !each.endsWith("lock")).toList();
    }
  }

  @Test
  void aCancelNamesTheStuckThreadAndLeavesItsStateOpenUntilItReturns() throws Exception {
    Pipeline pipeline = pipeline("--cancelTimeoutMillis=1500");
    applyStuck(pipeline, StuckFn.Kind.PROCESS);
    PipelineResult result = runUntilStuck(pipeline);

    JobFailedException failure = catchThrowableOfType(JobFailedException.class, result::cancel);

    assertThat(failure)
        .hasMessageContaining("transform 'Stuck")
        .hasMessageContaining("slot=")
        .hasMessageContaining("--cancelTimeoutMillis")
        .hasCauseInstanceOf(StuckTaskException.class);
    assertThat(failure.getCause().getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("stayUninterruptibly"));
    assertThat(result.getState()).isEqualTo(State.FAILED);
    assertThat(StuckFn.gate.stuck.isDaemon()).isTrue();
    assertThat(left()).anyMatch(each -> each.getFileName().toString().equals("CURRENT"));

    letGo();
    assertThat(StuckFn.gate.readAfterwards).isEqualTo(42);
    assertThat(left()).isEmpty();
    assertThat(result.getState()).isEqualTo(State.FAILED);
  }

  @Test
  void aFailureDoesNotWaitForAStuckThreadAndNamesBoth() throws Exception {
    Pipeline pipeline = pipeline("--cancelTimeoutMillis=1500");
    applyStuck(pipeline, StuckFn.Kind.PROCESS);
    pipeline.apply("More", Create.of(1)).apply("Fails", ParDo.of(new FailsWhenStuckFn()));

    PipelineResult result = pipeline.run();

    assertThatThrownBy(result::waitUntilFinish)
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("transform=Fails")
        .hasCauseInstanceOf(IllegalStateException.class)
        .satisfies(
            failure ->
                assertThat(failure.getSuppressed())
                    .singleElement()
                    .satisfies(
                        other -> assertThat(other).hasCauseInstanceOf(StuckTaskException.class)));
    letGo();
    assertThat(left()).isEmpty();
  }

  private static final class FailsWhenStuckFn extends DoFn<Integer, Integer> {
    @ProcessElement
    public void process() throws InterruptedException {
      StuckFn.gate.reached.await();
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void aTeardownThatNeverReturnsIsNamed() throws Exception {
    Pipeline pipeline = pipeline("--cancelTimeoutMillis=1500");
    applyStuck(pipeline, StuckFn.Kind.TEARDOWN);
    PipelineResult result = runUntilStuck(pipeline);

    assertThatThrownBy(result::cancel)
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("transform 'Stuck")
        .cause()
        .hasStackTraceContaining("tearDown");
    letGo();
    assertThat(left()).isEmpty();
  }

  @Test
  void codeThatSwallowsInterruptsIsInterruptedAgain() throws Exception {
    Pipeline pipeline = pipeline("--cancelTimeoutMillis=60000");
    applyStuck(pipeline, StuckFn.Kind.STUBBORN);
    PipelineResult result = runUntilStuck(pipeline);

    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
    assertThat(left()).isEmpty();
  }

  @Test
  void aJobThatHasEndedStaysAsItIs() throws Exception {
    Pipeline pipeline = pipeline();
    StuckFn.gate.reached.countDown();
    pipeline.apply(Create.of(1)).apply(ParDo.of(new FailsWhenStuckFn()));
    PipelineResult result = pipeline.run();
    assertThatThrownBy(result::waitUntilFinish).isInstanceOf(JobFailedException.class);

    assertThat(result.cancel()).isEqualTo(State.FAILED);
    assertThatThrownBy(result::waitUntilFinish).isInstanceOf(JobFailedException.class);
  }

  /** Its last message holds its metrics, and these can't be copied. */
  @Test
  void aTaskThatCannotSayHowItEndedFailsTheJob() throws Exception {
    Pipeline pipeline = pipeline();
    pipeline.apply(Create.of(1)).apply("Broken", ParDo.of(new BrokenHistogramFn()));
    PipelineResult result = pipeline.run();

    assertThatThrownBy(result::waitUntilFinish)
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("stage=Create.Values")
        .hasMessageContaining("buckets broken on purpose");
    assertThat(result.getState()).isEqualTo(State.FAILED);
    assertThat(left()).isEmpty();
  }

  private static final class BrokenHistogramFn extends DoFn<Integer, Integer> {
    private final Histogram histogram =
        new DelegatingHistogram(
            MetricName.named("broken", "histogram"), new BrokenBuckets(), false);

    @ProcessElement
    public void process() {
      histogram.update(1);
    }
  }

  /** One bucket for everything, which can't be compared with another. */
  private static final class BrokenBuckets implements HistogramData.BucketType {
    @Override
    public double getRangeFrom() {
      return 0;
    }

    @Override
    public double getRangeTo() {
      return 10;
    }

    @Override
    public int getNumBuckets() {
      return 1;
    }

    @Override
    public int getBucketIndex(double value) {
      return 0;
    }

    @Override
    public double getBucketSize(int index) {
      return 10;
    }

    @Override
    public double getAccumulatedBucketSize(int endIndex) {
      return 10;
    }

    @Override
    public boolean equals(Object other) {
      throw new IllegalStateException("buckets broken on purpose");
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  /** The state of the one operator is open when the other can't be made. */
  @Test
  void aTaskThatCannotBeBuiltLeavesNoState() throws Exception {
    Pipeline pipeline = pipeline();
    PCollectionView<Integer> view = pipeline.apply("Side", Create.of(1)).apply(View.asSingleton());
    pipeline
        .apply("Main", Create.of(2))
        .apply("Unreadable", ParDo.of(new UnreadableFn()))
        .apply("WithSideInput", ParDo.of(new PlusFn(view)).withSideInputs(view));

    assertThatThrownBy(pipeline::run).hasStackTraceContaining("on purpose");
    assertThat(left()).isEmpty();
  }

  private static final class UnreadableFn extends DoFn<Integer, Integer> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Integer element, OutputReceiver<Integer> output) {
      output.output(element);
    }

    /** Fails for a task's own copy, and not for those that are made before. */
    private Object readResolve() {
      boolean forTask =
          StackWalker.getInstance()
              .walk(frames -> frames.anyMatch(f -> f.getClassName().endsWith(".DoFnHandle")));
      if (forTask) {
        throw new IllegalStateException("on purpose");
      }
      return this;
    }
  }

  private static final class PlusFn extends DoFn<Integer, Integer> {
    private final PCollectionView<Integer> view;

    PlusFn(PCollectionView<Integer> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(context.element() + context.sideInput(view));
    }
  }
}
