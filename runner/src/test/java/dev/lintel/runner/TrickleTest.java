package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A source whose elements come one by one, faster than one a millisecond. */
@Timeout(60)
class TrickleTest {
  private static final int ELEMENTS = 30_000;
  private static final long NANOS_BETWEEN = 10_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final AtomicLong START_NANOS = new AtomicLong();
  private static final AtomicLong READ_NANOS = new AtomicLong();
  private static final AtomicLong IN_VAIN = new AtomicLong();
  private static final AtomicLong BUNDLES = new AtomicLong();
  private static final AtomicLong PROCESSED = new AtomicLong();

  /** The thread would otherwise be busy all the time, and each element a bundle of its own. */
  @Test
  void isNotAskedAgainAtOnceWhenItHasNothing() {
    Pipeline pipeline = new JobOptions("trickle").set("parallelism", "1").pipeline();
    pipeline.apply(Read.from(new TrickleSource())).apply(ParDo.of(new Count()));

    pipeline.run().waitUntilFinish();

    assertThat(PROCESSED).hasValue(ELEMENTS);
    long millis = (READ_NANOS.get() - START_NANOS.get()) / NANOS_PER_MILLI;
    assertThat(millis).isGreaterThanOrEqualTo(ELEMENTS * NANOS_BETWEEN / NANOS_PER_MILLI - 1);
    assertThat(IN_VAIN.get()).as("questions in vain").isBetween(1L, millis + 1);
    assertThat(BUNDLES.get()).as("bundles").isLessThan(2 * millis);
  }

  private static final class Count extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1L;

    @StartBundle
    public void startBundle() {
      BUNDLES.incrementAndGet();
    }

    @ProcessElement
    public void process() {
      PROCESSED.incrementAndGet();
    }
  }

  /** Has an element when it is time for it. */
  private static final class TrickleSource extends UnboundedSource<Long, NoMark> {
    private static final long serialVersionUID = 1L;

    @Override
    public List<TrickleSource> split(int splits, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public UnboundedReader<Long> createReader(PipelineOptions options, NoMark mark) {
      return new Reader(this);
    }

    @Override
    public Coder<NoMark> getCheckpointMarkCoder() {
      return SerializableCoder.of(NoMark.class);
    }

    @Override
    public Coder<Long> getOutputCoder() {
      return VarLongCoder.of();
    }

    private static final class Reader extends UnboundedReader<Long> {
      private final TrickleSource source;
      private long read;

      Reader(TrickleSource source) {
        this.source = source;
      }

      @Override
      public boolean start() {
        START_NANOS.set(System.nanoTime());
        return advance();
      }

      @Override
      public boolean advance() {
        if (read == ELEMENTS) {
          return false;
        }
        long now = System.nanoTime();
        if (now < START_NANOS.get() + read * NANOS_BETWEEN) {
          IN_VAIN.incrementAndGet();
          return false;
        }
        read++;
        READ_NANOS.set(now);
        return true;
      }

      @Override
      public Long getCurrent() {
        if (read == 0) {
          throw new NoSuchElementException("Nothing was read");
        }
        return read;
      }

      @Override
      public Instant getCurrentTimestamp() {
        return Instant.EPOCH;
      }

      @Override
      public Instant getWatermark() {
        return read == ELEMENTS ? BoundedWindow.TIMESTAMP_MAX_VALUE : Instant.EPOCH;
      }

      @Override
      public UnboundedSource.CheckpointMark getCheckpointMark() {
        return new NoMark();
      }

      @Override
      public UnboundedSource<Long, ?> getCurrentSource() {
        return source;
      }

      @Override
      public void close() {}
    }
  }

  /** The source is read but once. */
  private static final class NoMark implements UnboundedSource.CheckpointMark, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public void finalizeCheckpoint() {}
  }
}
