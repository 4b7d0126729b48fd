package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.fault.Faults;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Wherever it fails, a job goes on and ends with what it would have without the failure. */
@Timeout(120)
class FaultsTest {
  private static final int FAULTS = 4;

  @TempDir Path folder;

  /** Fails at each second time that the point is reached, and has other slots each time. */
  private static final class AtPoint implements Faults {
    private final Point fault;
    private final AtomicInteger reached = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    AtPoint(Point fault) {
      this.fault = fault;
    }

    @Override
    public int slots(int attempt, int slots) {
      return 1 + attempt % 3;
    }

    @Override
    public Trigger ofTask(int attempt, int stage, int slot) {
      return this::reached;
    }

    @Override
    public Trigger ofStorage() {
      return this::reached;
    }

    private void reached(Point point) {
      if (point == fault && reached.incrementAndGet() % 2 == 0 && failed.get() < FAULTS) {
        failed.incrementAndGet();
        throw new IllegalArgumentException("injected at " + point);
      }
    }
  }

  private LintelPipelineOptions options() {
    LintelPipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--runner=LintelRunner",
                "--checkpointIntervalMillis=1",
                "--alignmentTimeoutMillis=0",
                "--restartStrategy=fixed",
                "--restartDelayMillis=0",
                "--restartAttempts=20",
                "--tolerableCheckpointFailures=100",
                "--stateBackend=heap",
                "--controlPort=-1",
                "--parallelism=2")
            .as(LintelPipelineOptions.class);
    options.setStateDirectory(folder.toString());
    return options;
  }

  private static void countWords(Pipeline pipeline) {
    TestStream.Builder<KV<String, Integer>> words =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()));
    for (int i = 0; i < 20; i++) {
      words =
          words
              .advanceWatermarkTo(new Instant(i))
              .addElements(TimestampedValue.of(KV.of("word" + i % 3, i), new Instant(i)));
    }
    PCollection<KV<String, Long>> counts =
        pipeline
            .apply(words.advanceWatermarkToInfinity())
            .apply(Window.into(FixedWindows.of(Duration.millis(100))))
            .apply(Count.perKey());
    PAssert.that(counts)
        .containsInAnyOrder(KV.of("word0", 7L), KV.of("word1", 7L), KV.of("word2", 6L));
  }

  @ParameterizedTest
  @EnumSource(Faults.Point.class)
  void aJobGoesOn(Faults.Point point) {
    AtPoint faults = new AtPoint(point);
    LintelPipelineOptions options = options();
    LintelRunner runner = LintelRunner.withFaults(options, faults);
    Pipeline pipeline = Pipeline.create(options);
    countWords(pipeline);

    runner.run(pipeline);

    assertThat(faults.failed.get()).as("faults at " + point).isBetween(1, FAULTS);
  }
}
