package dev.lintel.benchmarks.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class NumbersTest {
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  @Test
  void everySplittingGivesEachNumberOnce() throws Exception {
    BoundedSource<Long> source = Numbers.upTo(2_500).getSource();
    for (long bytes : new long[] {1, 80, 8_000, 1_000_000}) {
      List<Long> read = new ArrayList<>();
      for (BoundedSource<Long> part : source.split(bytes, OPTIONS)) {
        readAll(part, read);
      }
      assertThat(read)
          .as("splits of %d bytes", bytes)
          .containsExactlyElementsOf(LongStream.range(0, 2_500).boxed().toList());
    }
  }

  @Test
  void aThousandNumbersHaveOneTimestamp() throws Exception {
    BoundedSource<Long> second = Numbers.upTo(2_500).getSource().split(8_000, OPTIONS).get(1);
    try (BoundedSource.BoundedReader<Long> reader = second.createReader(OPTIONS)) {
      assertThat(reader.start()).isTrue();
      assertThat(reader.getCurrent()).isEqualTo(1_000);
      assertThat(reader.getCurrentTimestamp().getMillis()).isEqualTo(1);
    }
  }

  private static void readAll(BoundedSource<Long> source, List<Long> into) throws IOException {
    try (BoundedSource.BoundedReader<Long> reader = source.createReader(OPTIONS)) {
      for (boolean more = reader.start(); more; more = reader.advance()) {
        into.add(reader.getCurrent());
      }
    }
  }
}
