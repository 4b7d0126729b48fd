package dev.lintel.benchmarks.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexedEventsTest {
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  /** The event is its index; three of them have the same timestamp. */
  private static final class Indexes implements IndexedEvents<Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public Long at(long index) {
      return index;
    }

    @Override
    public long millisAt(long index) {
      return index / 3;
    }

    @Override
    public Coder<Long> coder() {
      return VarLongCoder.of();
    }

    @Override
    public int bytesEach() {
      return 8;
    }
  }

  private static Long[] indexes(long count) {
    return LongStream.range(0, count).boxed().toArray(Long[]::new);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 8, 100, 1_000_000})
  void splitsOfABoundedSourceGiveEachEventOnce(long splitBytes) throws IOException {
    BoundedEvents<Long> source = new BoundedEvents<>(new Indexes(), 0, 1_000);
    List<Long> read = new ArrayList<>();
    for (BoundedEvents<Long> split : source.split(splitBytes, OPTIONS)) {
      try (BoundedSource.BoundedReader<Long> reader = split.createReader(OPTIONS)) {
        for (boolean has = reader.start(); has; has = reader.advance()) {
          assertThat(reader.getCurrentTimestamp()).isEqualTo(new Instant(reader.getCurrent() / 3));
          read.add(reader.getCurrent());
        }
      }
    }
    assertThat(read).containsExactly(indexes(1_000));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 1000", "2, 1000", "3, 49", "4, 777", "7, 350"})
  void splitsOfAnUnboundedSourceGiveEachEventOnce(int splits, long count) throws IOException {
    List<Long> read = new ArrayList<>();
    for (UnboundedEvents<Long> split : split(splits, count)) {
      try (UnboundedReader<Long> reader = split.createReader(OPTIONS, null)) {
        Instant watermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
        for (boolean has = reader.start(); has; has = reader.advance()) {
          assertThat(reader.getCurrentTimestamp()).isGreaterThanOrEqualTo(watermark);
          watermark = reader.getWatermark();
          read.add(reader.getCurrent());
        }
        assertThat(reader.getWatermark()).isEqualTo(BoundedWindow.TIMESTAMP_MAX_VALUE);
      }
    }
    assertThat(read).containsExactlyInAnyOrder(indexes(count));
  }

  @Test
  void aReaderGoesOnFromItsMark() throws IOException {
    long seed = new SplittableRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      List<Long> read = new ArrayList<>();
      for (UnboundedEvents<Long> split : split(3, 1_000)) {
        Position mark = null;
        boolean has = true;
        while (has) {
          try (UnboundedReader<Long> reader = split.createReader(OPTIONS, mark)) {
            int take = random.nextInt(1, 100);
            has = reader.start();
            for (int i = 0; has && i < take; i++) {
              read.add(reader.getCurrent());
              has = i + 1 < take ? reader.advance() : has;
            }
            mark = CoderUtils.clone(Position.CODER, (Position) reader.getCheckpointMark());
          }
        }
      }
      assertThat(read).as("seed %d", seed).containsExactlyInAnyOrder(indexes(1_000));
    }
  }

  private static List<UnboundedEvents<Long>> split(int splits, long count) {
    return UnboundedEvents.upTo(new Indexes(), count).split(splits, OPTIONS);
  }
}
