package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source that takes milliseconds for each element, as one that waits for a network does. */
@Timeout(60)
class SlowSourceTest {
  private static final int ELEMENTS = 500;

  @TempDir Path folder;

  private static final class Wait extends DoFn<Long, Void> {
    @ProcessElement
    public void process() {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(4));
    }
  }

  @Test
  void doesNotKeepCheckpointsWaiting() {
    Pipeline pipeline =
        new JobOptions("slow-source")
            .set("parallelism", "1")
            .set("checkpointIntervalMillis", "20")
            .set("checkpointDir", folder.toString())
            .pipeline();
    pipeline.apply(GenerateSequence.from(0).to(ELEMENTS)).apply(ParDo.of(new Wait()));

    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    MetricsFilter completed =
        MetricsFilter.builder()
            .addNameFilter(MetricNameFilter.named("lintel.checkpoints", "completed"))
            .build();
    assertThat(result.metrics().queryMetrics(completed).getCounters())
        .singleElement()
        .extracting(MetricResult::getAttempted)
        .as("checkpoints within two seconds of reading")
        .matches(count -> count >= 10);
  }
}
