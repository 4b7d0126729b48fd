package dev.lintel.runner.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.job.checkpoint.CheckpointSettings;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.task.TaskLimits;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.StateBackend;
import dev.lintel.state.TaskState;
import dev.lintel.translation.PipelineTranslator;
import dev.lintel.translation.plan.ExecutionPlan;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.options.ExperimentalOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failures of what keeps the tasks together end the job, too, and nothing waits for ever. */
@Timeout(60)
class JobTest {
  private static final MetricsOptions OPTIONS =
      PipelineOptionsFactory.fromArgs("--runner=LintelRunner").as(MetricsOptions.class);

  private static ExecutionPlan endlessPlan() {
    ExperimentalOptions.addExperiment(OPTIONS.as(ExperimentalOptions.class), "use_deprecated_read");
    Pipeline pipeline = Pipeline.create(OPTIONS);
    pipeline.apply(GenerateSequence.from(0).withRate(100, Duration.standardSeconds(1)));
    return PipelineTranslator.translate(pipeline);
  }

  private static JobSettings settings(StateBackend backend) {
    return new JobSettings(
        "test",
        OPTIONS,
        2,
        128,
        new TaskLimits(100, 100, 1_000),
        0,
        5_000,
        CheckpointSettings.NONE,
        null,
        RestartSettings.NONE,
        new LocalSpace(
            backend,
            new SpillSpace(
                new MemoryBudget(0), new SpillDirectory(new RunFolder(Path.of("unused")), "")),
            new RunFolder(Path.of("unused"))),
        null);
  }

  @Test
  void aCoordinatorThatFailsEndsTheJobAndItsTasks() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    Job job = Job.start(endlessPlan(), settings(backend(closed::countDown)));

    job.message(
        () -> {
          throw new IllegalStateException("coordination failed on purpose");
        });

    assertThatThrownBy(() -> job.await(Long.MAX_VALUE))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("job=test")
        .hasMessageContaining("in the coordinator")
        .cause()
        .hasMessage("coordination failed on purpose");
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(closed.getCount()).isZero();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(each -> each.getName().startsWith("lintel-test-stage"));
    // Questions that come after the end are answered.
    assertThat(job.metrics().allMetrics().getGauges()).isEmpty();
    assertThat(job.progress()).isNotEmpty();
  }

  @Test
  void aBackendThatCannotBeClosedFailsTheJob() throws Exception {
    StateBackend backend =
        backend(
            () -> {
              throw new IllegalStateException("can't be closed");
            });
    Job job = Job.start(endlessPlan(), settings(backend));
    job.cancel();

    assertThatThrownBy(() -> job.await(Long.MAX_VALUE))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("can't be closed");
    assertThat(job.state()).isEqualTo(JobState.FAILED);
  }

  private static StateBackend backend(Runnable onClose) {
    StateBackend heap = new HeapStateBackend();
    return new StateBackend() {
      @Override
      public TaskState open(String taskName, KeyGroupRange keyGroups, int maxParallelism) {
        return heap.open(taskName, keyGroups, maxParallelism);
      }

      @Override
      public void close() {
        onClose.run();
      }
    };
  }
}
