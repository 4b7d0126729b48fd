package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.metrics.MetricsSink;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Metrics go to the sink while a pipeline runs and a last time at its end, however it ends. */
@Timeout(60)
class MetricsPushTest {
  private static final BlockingQueue<Long> PUSHED = new LinkedBlockingQueue<>();

  @BeforeEach
  void clear() {
    PUSHED.clear();
  }

  @AfterEach
  void noThreadIsLeft() {
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(each -> each.getName().equals("lintel-push-metrics"));
  }

  private static Pipeline pipeline(Class<? extends MetricsSink> sink) {
    LintelPipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--runner=LintelRunner",
                "--jobName=push",
                "--parallelism=2",
                "--stateBackend=heap",
                "--cancelTimeoutMillis=2000",
                "--metricsPushPeriod=1",
                "--blockOnRun=false")
            .as(LintelPipelineOptions.class);
    options.as(MetricsOptions.class).setMetricsSink(sink);
    return Pipeline.create(options);
  }

  private static PipelineResult run(
      Class<? extends MetricsSink> sink, GenerateSequence source, long failAt) {
    Pipeline pipeline = pipeline(sink);
    pipeline.apply(source).apply("Count", ParDo.of(new CountFn(failAt)));
    return pipeline.run();
  }

  /** Every value that was pushed after the first. */
  private static List<Long> pushed() {
    return List.copyOf(PUSHED);
  }

  @Test
  void theLastPushIsThereWhenThePipelineHasEnded() {
    run(RecordingSink.class, GenerateSequence.from(0).to(1_000), -1).waitUntilFinish();
    assertThat(pushed()).isNotEmpty().last().isEqualTo(1_000L);
  }

  @Test
  void theLastPushIsThereWhenThePipelineHasFailed() {
    PipelineResult result = run(RecordingSink.class, GenerateSequence.from(0).to(1_000), 7);
    assertThatThrownBy(result::waitUntilFinish).hasMessageContaining("transform=Count");
    assertThat(pushed()).isNotEmpty().last().satisfies(last -> assertThat(last).isPositive());
  }

  @Test
  void aRunningPipelineIsPushedAndItsEndWhenItIsCancelled() throws Exception {
    PipelineResult result =
        run(RecordingSink.class, GenerateSequence.from(0).withRate(1, Duration.millis(1)), -1);
    assertThat(PUSHED.poll(30, TimeUnit.SECONDS)).isNotNull();
    assertThat(result.getState()).isEqualTo(State.RUNNING);
    assertThat(result.cancel()).isEqualTo(State.CANCELLED);
    assertThat(pushed()).isNotEmpty().isSorted();
  }

  @Test
  void aSinkThatFailsDoesNotFailThePipeline() {
    PipelineResult result = run(FailingSink.class, GenerateSequence.from(0).to(10), -1);
    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
  }

  @Test
  void aSinkThatHangsKeepsThePipelineForABoundedTime() throws Exception {
    PipelineResult result = run(HangingSink.class, GenerateSequence.from(0).to(10), -1);
    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
    HangingSink.interrupted.await();
    for (Thread each : Thread.getAllStackTraces().keySet()) {
      if (each.getName().equals("lintel-push-metrics")) {
        each.join();
      }
    }
  }

  @Test
  void aSinkThatCannotBeMadeIsNamedBeforeAnythingRuns() {
    Pipeline pipeline = pipeline(UnmakeableSink.class);
    pipeline.apply(GenerateSequence.from(0).to(10));
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--metricsSink")
        .hasMessageContaining("UnmakeableSink");
  }

  private static final class CountFn extends DoFn<Long, Long> {
    private final Counter counter = Metrics.counter("push", "counter");
    private final long failAt;

    CountFn(long failAt) {
      this.failAt = failAt;
    }

    @ProcessElement
    public void process(@Element Long number) {
      counter.inc();
      if (number == failAt) {
        throw new IllegalStateException("on purpose");
      }
    }
  }

  /** Keeps what it is given. */
  public static final class RecordingSink implements MetricsSink {
    public RecordingSink(MetricsOptions options) {
      assertThat(options.getMetricsPushPeriod()).isEqualTo(1);
    }

    @Override
    public void writeMetrics(MetricQueryResults metrics) {
      for (MetricResult<Long> each : metrics.getCounters()) {
        if (each.getName().getName().equals("counter")) {
          PUSHED.add(each.getAttempted());
        }
      }
    }
  }

  /** Can't reach whatever it writes to. */
  public static final class FailingSink implements MetricsSink {
    public FailingSink(MetricsOptions options) {
      assertThat(options).isNotNull();
    }

    @Override
    public void writeMetrics(MetricQueryResults metrics) throws Exception {
      throw new java.io.IOException("on purpose");
    }
  }

  /** Waits for an answer that never comes. */
  public static final class HangingSink implements MetricsSink {
    static final CountDownLatch interrupted = new CountDownLatch(1);

    public HangingSink(MetricsOptions options) {
      assertThat(options).isNotNull();
    }

    @Override
    public void writeMetrics(MetricQueryResults metrics) throws Exception {
      try {
        new CountDownLatch(1).await();
      } finally {
        interrupted.countDown();
      }
    }
  }

  /** Has no constructor that takes options. */
  public static final class UnmakeableSink implements MetricsSink {
    @Override
    public void writeMetrics(MetricQueryResults metrics) {
      throw new UnsupportedOperationException("never made");
    }
  }
}
