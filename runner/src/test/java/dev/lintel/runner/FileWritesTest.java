package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.job.JobFailedException;
import dev.lintel.runner.job.SavepointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.io.WriteFilesResult;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files have each record once, wherever the job fails: before what is written to temporary files,
 * while these get their names, and behind that.
 */
@Timeout(180)
class FileWritesTest {
  private static final long ELEMENTS = 100_000;
  private static final long AWAIT_NANOS_MAX = 60_000_000_000L;
  private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

  @TempDir Path folder;

  private static void assertHasFailed(String... names) {
    for (String each : names) {
      assertThat(Stumble.left(each)).as(each).isLessThanOrEqualTo(0);
    }
  }

  private static final class Text extends DoFn<Long, String> {
    @ProcessElement
    public void process(@Element Long element, OutputReceiver<String> output) {
      output.output(element.toString());
    }
  }

  /** Fails while files get their names, when some may have theirs already. */
  private static final class StumblingNaming implements FileIO.Write.FileNaming {
    private final FileIO.Write.FileNaming naming;
    private final String name;

    StumblingNaming(FileIO.Write.FileNaming naming, String name) {
      this.naming = naming;
      this.name = name;
    }

    @Override
    public String getFilename(
        BoundedWindow window, PaneInfo pane, int shards, int shard, Compression compression) {
      if (shard == 1) {
        Stumble.here(name, "a file's name");
      }
      return naming.getFilename(window, pane, shards, shard, compression);
    }
  }

  private Pipeline pipeline(String job, String intervalMillis) {
    return new JobOptions(job)
        .set("checkpointIntervalMillis", intervalMillis)
        .set("checkpointDir", folder.resolve("checkpoints").toString())
        .set("restartStrategy", "exponential")
        .set("restartDelayMillis", "1")
        .pipeline();
  }

  private String output() {
    return folder.resolve("out").resolve("part").toString();
  }

  private List<Long> written() {
    try (Stream<Path> files = Files.list(folder.resolve("out"))) {
      List<Long> numbers = new ArrayList<>();
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        Files.readAllLines(each).forEach(line -> numbers.add(Long.valueOf(line)));
      }
      numbers.sort(null);
      return numbers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Long> upTo(long end) {
    return LongStream.range(0, end).boxed().toList();
  }

  @Test
  void textOfABoundedPipeline() {
    Stumble.allow("before", 3);
    Stumble.allow("behind", 1);
    Pipeline pipeline = pipeline("bounded-text", "20");
    WriteFilesResult<Void> written =
        pipeline
            .apply(GenerateSequence.from(0).to(ELEMENTS))
            .apply("Before", ParDo.of(new Stumble<>("before", 20_000)))
            .apply("Text", ParDo.of(new Text()))
            .apply("Write", TextIO.write().to(output()).withOutputFilenames());
    written
        .getPerDestinationOutputFilenames()
        .apply(Values.create())
        .apply("Behind", ParDo.of(new Stumble<>("behind", 1)));

    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);

    assertHasFailed("before", "behind");
    assertThat(written()).isEqualTo(upTo(ELEMENTS));
  }

  @Test
  void filesOfABoundedPipeline() {
    Stumble.allow("before", 3);
    Stumble.allow("naming", 3);
    Pipeline pipeline = pipeline("bounded-files", "20");
    pipeline
        .apply(GenerateSequence.from(0).to(ELEMENTS))
        .apply("Before", ParDo.of(new Stumble<>("before", 20_000)))
        .apply("Text", ParDo.of(new Text()))
        .apply(
            "Write",
            FileIO.<String>write()
                .via(TextIO.sink())
                .to(folder.resolve("out").toString())
                .withNaming(
                    new StumblingNaming(FileIO.Write.defaultNaming("part", ".txt"), "naming"))
                .withNumShards(3));

    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);

    assertHasFailed("before", "naming");
    assertThat(written()).isEqualTo(upTo(ELEMENTS));
  }

  /** Elements that are read again may get other times, other windows and other shards. */
  private LintelPipelineResult startWindowed() {
    Pipeline pipeline = pipeline("windowed", "150");
    PCollection<String> lines =
        pipeline
            .apply(GenerateSequence.from(0).withRate(3_000, Duration.standardSeconds(1)))
            .apply("Before", ParDo.of(new Stumble<>("before", 1_000)))
            .apply("Text", ParDo.of(new Text()))
            .apply(Window.into(FixedWindows.of(Duration.millis(100))));
    lines
        .apply(
            "Write",
            FileIO.<String>write()
                .via(TextIO.sink())
                .to(folder.resolve("out").toString())
                .withNaming(
                    new StumblingNaming(FileIO.Write.defaultNaming("part", ".txt"), "naming"))
                .withNumShards(2))
        .getPerDestinationOutputFilenames()
        .apply(Values.create())
        .apply("Behind", ParDo.of(new Stumble<>("behind", 7)));
    return (LintelPipelineResult) pipeline.run();
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + AWAIT_NANOS_MAX;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
  }

  /**
   * A failure gets in the way of the checkpoint: then the job goes on, and can be stopped again.
   */
  private static void stop(LintelPipelineResult run) {
    while (run.getState() == State.RUNNING) {
      try {
        run.stop(null);
      } catch (SavepointException e) {
        assertThat(e).hasStackTraceContaining("stumbled");
      }
    }
    assertThat(run.getState()).isEqualTo(State.CANCELLED);
  }

  /** Without a checkpoint; it may fail while it is being stopped. */
  private static void cancel(LintelPipelineResult run) {
    try {
      run.cancel();
    } catch (JobFailedException e) {
      assertThat(e).hasStackTraceContaining("stumbled");
    }
  }

  private long files() {
    Path out = folder.resolve("out");
    if (!Files.exists(out)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(out)) {
      return files.filter(Files::isRegularFile).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void filesOfAnUnboundedPipelineThatIsStoppedAndCancelledAndDrained() {
    Stumble.allow("before", 4);
    Stumble.allow("naming", 3);
    Stumble.allow("behind", 3);

    LintelPipelineResult first = startWindowed();
    await(() -> files() >= 20);
    stop(first);
    LintelPipelineResult second = startWindowed();
    long stopped = files();
    await(() -> files() >= stopped + 20);
    cancel(second);
    LintelPipelineResult third = startWindowed();
    long cancelled = files();
    await(() -> files() >= cancelled + 20 && Stumble.isOver("before") && Stumble.isOver("naming"));
    await(() -> Stumble.isOver("behind"));
    third.drain();
    assertThat(third.waitUntilFinish()).isEqualTo(State.DONE);

    assertHasFailed("before", "naming", "behind");
    assertEachSplitIsThereOnce(written());
  }

  /** Each split of the source has every second number, up to an end of its own. */
  private static void assertEachSplitIsThereOnce(List<Long> numbers) {
    assertThat(
            IntStream.range(1, numbers.size())
                .filter(i -> numbers.get(i).equals(numbers.get(i - 1)))
                .mapToObj(numbers::get))
        .as("twice")
        .isEmpty();
    for (long split = 0; split < 2; split++) {
      long first = split;
      List<Long> ofSplit = numbers.stream().filter(each -> each % 2 == first).toList();
      long last = ofSplit.get(ofSplit.size() - 1);
      assertThat(ofSplit.size())
          .as("of the numbers up to %d", last)
          .isEqualTo((int) (last / 2 + 1));
    }
  }
}
