package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.sideinput.RestoredPanes;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.splittable.Slice;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.CountingSource;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** A source that is restored at any moment gives each element once, whoever reads on. */
class SourceRestartTest {
  private static final int SEEDS = 50;
  private static final Collection OUTPUT =
      new Collection("out", "out", VarLongCoder.of(), WindowingStrategy.globalDefault(), false);

  private final List<Object> read = new ArrayList<>();

  private static ReadBudget budget(int elements) {
    return new ReadBudget(() -> 0).begin(elements, 1);
  }

  private static OperatorContext context() {
    SpillSpace spill =
        new SpillSpace(
            new MemoryBudget(0), new SpillDirectory(new RunFolder(Path.of("never-made")), "x"));
    return new OperatorContext(
        PipelineOptionsFactory.create(),
        () -> {
          throw new IllegalStateException("no state");
        },
        new WatermarkHolds(),
        new TaskMetrics(),
        spill,
        EncodedKey.EMPTY,
        new Slice.Limits(() -> 0, 1, 1),
        true,
        TestContext.PLACE,
        new RestoredPanes(spill),
        KeptGears.NONE,
        failure -> {});
  }

  private static List<byte[]> parts(SourceReader reader, long checkpoint) {
    List<byte[]> parts = new ArrayList<>();
    reader.snapshot(
        checkpoint,
        new OperatorSnapshot() {
          @Override
          public void part(byte[] part) {
            parts.add(part);
          }

          @Override
          public void file(SnapshotFile file) {
            throw new IllegalStateException("Expected no file of a source");
          }
        });
    return parts;
  }

  private void emit(Object value) {
    read.add(value);
  }

  // ---- bounded ----

  private BoundedSourceReader bounded(List<byte[]> parts) {
    BoundedSourceReader reader =
        new BoundedSourceReader(
            new Operator.BoundedRead("Read", CountingSource.upTo(1), OUTPUT),
            context(),
            element -> emit(element.getValue()),
            () -> {});
    reader.restore(new RestoredOperator(parts, List.of()));
    reader.open();
    return reader;
  }

  @Test
  void splitsThatAreBeingReadAreReadOnByWhoeverGetsThem() throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      read.clear();
      SplittableRandom random = new SplittableRandom(seed);
      List<BoundedSource<?>> splits =
          new ArrayList<>(CountingSource.upTo(200).split(8 * 20, PipelineOptionsFactory.create()));
      List<BoundedSourceReader> readers = new ArrayList<>();
      IntStream.range(0, 3).forEach(i -> readers.add(bounded(List.of())));
      while (!readers.stream().allMatch(BoundedSourceReader::isDone)) {
        BoundedSourceReader reader = readers.get(random.nextInt(readers.size()));
        if (reader.read(budget(random.nextInt(1, 7))) == 0 && !reader.isDone()) {
          if (splits.isEmpty()) {
            reader.noMoreSplits();
          } else {
            reader.assign(splits.remove(0));
          }
        }
        if (random.nextInt(6) == 0) {
          restart(readers, random);
        }
      }
      assertThat(read.stream().map(each -> (Long) each).sorted().toList())
          .as("seed " + seed)
          .isEqualTo(LongStream.range(0, 200).boxed().toList());
    }
  }

  private void restart(List<BoundedSourceReader> readers, SplittableRandom random) {
    List<byte[]> parts = new ArrayList<>();
    for (BoundedSourceReader each : readers) {
      parts.addAll(parts(each, 1));
      each.close();
    }
    int count = random.nextInt(1, 5);
    readers.clear();
    for (int i = 0; i < count; i++) {
      List<byte[]> own = new ArrayList<>();
      for (int part = i; part < parts.size(); part += count) {
        own.add(parts.get(part));
      }
      readers.add(bounded(own));
    }
  }

  @Test
  void aSplitThatHasBecomeShorterIsRefused() {
    BoundedSourceReader reader = bounded(List.of());
    reader.assign(CountingSource.upTo(5));
    reader.read(budget(4));
    byte[] part = parts(reader, 1).get(0);
    part[7] = 100;
    BoundedSourceReader restored = bounded(List.of(part));
    assertThatThrownBy(() -> restored.read(budget(1_000)))
        .hasStackTraceContaining("Expected at least the 100 elements that a checkpoint has");
  }

  // ---- unbounded ----

  private UnboundedSourceReader unbounded(List<byte[]> parts, boolean restored) {
    UnboundedSource<Long, ?> source = CountingSource.unboundedWithTimestampFn(Instant::new);
    UnboundedSourceReader reader =
        new UnboundedSourceReader(
            new Operator.UnboundedRead("Read", source, false, OUTPUT),
            context(),
            element -> emit(element.getValue()),
            () -> splits(source),
            0);
    if (restored) {
      reader.restore(new RestoredOperator(parts, List.of()));
    }
    reader.open();
    return reader;
  }

  private static List<? extends UnboundedSource<?, ?>> splits(UnboundedSource<Long, ?> source) {
    try {
      return source.split(3, PipelineOptionsFactory.create());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void unboundedSplitsGoOnAtTheirMarksAndTheWatermarkNeverFalls() {
    UnboundedSourceReader reader = unbounded(List.of(), false);
    long watermark = Timestamps.MIN_MILLIS;
    for (int round = 0; round < 20; round++) {
      reader.read(budget(round));
      assertThat(reader.watermark()).isGreaterThanOrEqualTo(watermark);
      watermark = reader.watermark();
      List<byte[]> parts = parts(reader, round);
      assertThat(parts).hasSize(3);
      reader.close();
      reader = unbounded(parts, true);
      assertThat(reader.watermark()).isGreaterThanOrEqualTo(watermark);
    }
    assertThat(new TreeSet<>(read)).as("nothing twice").hasSize(read.size());
    assertThat(reader.isDone()).isFalse();
  }

  @Test
  void aCheckpointBetweenConnectingAndReadingLosesNothing() {
    UnboundedSourceReader reader = unbounded(List.of(), false);
    for (int round = 0; round < 10; round++) {
      int connected = 0;
      int before = read.size();
      long watermark = reader.watermark();
      while (reader.connect()) {
        connected++;
      }
      assertThat(connected).isEqualTo(3);
      assertThat(read).hasSize(before);
      assertThat(reader.watermark()).isEqualTo(watermark);
      if (round % 2 == 1) {
        reader.read(budget(6));
      }
      List<byte[]> parts = parts(reader, round);
      reader.close();
      reader = unbounded(parts, true);
    }
    assertThat(read.stream().map(each -> (Long) each).sorted().toList())
        .isEqualTo(LongStream.range(0, 30).boxed().toList());
  }

  @Test
  void aSlotWithoutPartsReadsNothing() {
    UnboundedSourceReader reader = unbounded(List.of(), true);
    assertThat(reader.read(budget(10))).isZero();
    assertThat(reader.isDone()).isTrue();
    assertThat(reader.watermark()).isEqualTo(Timestamps.MAX_MILLIS);
  }

  @Test
  void aSourceThatWasDrainedStaysDone() {
    UnboundedSourceReader reader = unbounded(List.of(), false);
    reader.read(budget(10));
    reader.drain();
    UnboundedSourceReader restored = unbounded(parts(reader, 1), true);
    assertThat(restored.isDone()).isTrue();
    assertThat(parts(restored, 2)).hasSize(3);
  }

  // ---- scripts and impulse ----

  @Test
  void anImpulseFiresOnce() {
    ImpulseReader reader = new ImpulseReader(element -> emit(element.getValue()));
    reader.restore(new RestoredOperator(parts(reader, 1), List.of()));
    assertThat(reader.read(budget(1))).isEqualTo(1);
    ImpulseReader restored = new ImpulseReader(element -> emit(element.getValue()));
    restored.restore(new RestoredOperator(parts(reader, 2), List.of()));
    assertThat(restored.isDone()).isTrue();
    assertThat(read).hasSize(1);
  }

  /** What a script asks of the job. */
  private static final class Script implements TestStreamReader.Control {
    boolean awaiting;
    long processingTimeMillis;

    @Override
    public void awaitQuiescence() {
      awaiting = true;
    }

    @Override
    public void advanceProcessingTime(long byMillis) {
      processingTimeMillis += byMillis;
    }
  }

  @Test
  void aScriptGoesOnWhereItWas() {
    TestStream<Integer> script =
        TestStream.create(VarIntCoder.of())
            .addElements(1, 2)
            .advanceProcessingTime(Duration.millis(5))
            .advanceWatermarkTo(new Instant(10))
            .addElements(3)
            .advanceProcessingTime(Duration.millis(7))
            .addElements(4)
            .advanceWatermarkToInfinity();
    Operator.TestStreamRead spec = new Operator.TestStreamRead("Script", script, OUTPUT);
    for (long seed = 0; seed < SEEDS; seed++) {
      play(spec, new SplittableRandom(seed));
    }
  }

  private void play(Operator.TestStreamRead spec, SplittableRandom random) {
    read.clear();
    Script job = new Script();
    TestStreamReader reader = new TestStreamReader(spec, element -> emit(element.getValue()), job);
    reader.open();
    while (!reader.isDone()) {
      switch (random.nextInt(3)) {
        case 0 -> {
          if (job.awaiting) {
            job.awaiting = false;
            reader.proceed();
          }
        }
        case 1 -> reader.read(budget(1));
        default -> {
          final long before = job.processingTimeMillis;
          final long watermark = reader.watermark();
          List<byte[]> parts = parts(reader, 1);
          job = new Script();
          reader = new TestStreamReader(spec, element -> emit(element.getValue()), job);
          reader.restore(new RestoredOperator(parts, List.of()));
          reader.open();
          assertThat(job.processingTimeMillis).isEqualTo(before);
          assertThat(reader.watermark()).isEqualTo(watermark);
        }
      }
    }
    assertThat(read).isEqualTo(List.of(1, 2, 3, 4));
    assertThat(job.processingTimeMillis).isEqualTo(12);
    assertThat(reader.watermark()).isEqualTo(Timestamps.MAX_MILLIS);
  }
}
