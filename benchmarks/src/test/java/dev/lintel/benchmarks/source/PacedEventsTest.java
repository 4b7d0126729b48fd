package dev.lintel.benchmarks.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PacedEventsTest {
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();
  private static final int COUNT = 200;

  @BeforeEach
  void reset() {
    Pace.reset();
  }

  @Test
  void noElementIsEarlyAndEachTellsWhenItWasDue() throws IOException {
    List<Long> read = new ArrayList<>();
    for (PacedEvents split : PacedEvents.of(COUNT, 10_000).split(3, OPTIONS)) {
      try (UnboundedReader<KV<Long, Long>> reader = split.createReader(OPTIONS, null)) {
        boolean has = reader.start();
        while (!reader.getWatermark().equals(BoundedWindow.TIMESTAMP_MAX_VALUE) || has) {
          if (has) {
            long index = reader.getCurrent().getKey();
            long due = reader.getCurrent().getValue();
            assertThat(due).isEqualTo(Pace.startNanos() + index * 100_000);
            assertThat(System.nanoTime()).isGreaterThanOrEqualTo(due);
            assertThat(reader.getCurrentTimestamp()).isEqualTo(new Instant(index / 10));
            read.add(index);
          }
          has = reader.advance();
        }
      }
    }
    assertThat(read)
        .containsExactlyInAnyOrder(LongStream.range(0, COUNT).boxed().toArray(Long[]::new));
  }

  @Test
  void theWatermarkIsNeitherAheadOfTheClockNorOfTheNextElement() throws IOException {
    try (UnboundedReader<KV<Long, Long>> reader =
        PacedEvents.of(COUNT, 10_000).createReader(OPTIONS, null)) {
      int read = reader.start() ? 1 : 0;
      while (read < COUNT) {
        long watermark = reader.getWatermark().getMillis();
        long clock = (System.nanoTime() - Pace.startNanos()) / 1_000_000;
        assertThat(watermark).isLessThanOrEqualTo(Math.min(clock, read / 10));
        read += reader.advance() ? 1 : 0;
      }
    }
  }

  @Test
  void anUnpacedReaderAlwaysHasTheNextElementAndTellsHowFastItWas() throws IOException {
    try (UnboundedReader<KV<Long, Long>> reader =
        PacedEvents.of(COUNT, Double.POSITIVE_INFINITY).createReader(OPTIONS, null)) {
      assertThat(reader.start()).isTrue();
      assertThat(Pace.elementsPerSecond(COUNT)).isNull();
      for (int i = 1; i < COUNT; i++) {
        assertThat(reader.advance()).isTrue();
        assertThat(reader.getCurrent().getKey()).isEqualTo(i);
      }
      assertThat(reader.advance()).isFalse();
    }
    assertThat(Pace.elementsPerSecond(COUNT)).isPositive();
  }

  @Test
  void aReaderGoesOnFromItsMark() throws IOException {
    Position mark;
    try (UnboundedReader<KV<Long, Long>> reader =
        PacedEvents.of(COUNT, Double.POSITIVE_INFINITY).createReader(OPTIONS, null)) {
      assertThat(reader.start()).isTrue();
      mark = (Position) reader.getCheckpointMark();
    }
    try (UnboundedReader<KV<Long, Long>> reader =
        PacedEvents.of(COUNT, Double.POSITIVE_INFINITY).createReader(OPTIONS, mark)) {
      assertThat(reader.start()).isTrue();
      assertThat(reader.getCurrent().getKey()).isEqualTo(1);
    }
  }
}
