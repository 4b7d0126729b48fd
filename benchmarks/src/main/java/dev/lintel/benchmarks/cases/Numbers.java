package dev.lintel.benchmarks.cases;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Instant;

/**
 * The input of the bounded cases: the numbers from 0, each with a timestamp that grows by a
 * millisecond with every thousand of them.
 *
 * <p>It costs next to nothing (no restriction tracker, a timestamp for a thousand numbers), so that
 * runners are compared and not their generators.
 */
public final class Numbers extends BoundedSource<Long> {
  private static final long serialVersionUID = 1L;

  /** How many numbers have the same timestamp. */
  public static final long PER_MILLISECOND = 1_000;

  /** What runners are told, who want splits of a certain size. */
  private static final long BYTES_EACH = 8;

  private final long from;
  private final long to;

  private Numbers(long from, long to) {
    this.from = from;
    this.to = to;
  }

  /** The numbers from 0 to {@code count} - 1. */
  public static Read.Bounded<Long> upTo(long count) {
    return Read.from(new Numbers(0, count));
  }

  @Override
  public List<Numbers> split(long desiredBundleSizeBytes, PipelineOptions options) {
    long each = Math.max(1, desiredBundleSizeBytes / BYTES_EACH);
    List<Numbers> parts = new ArrayList<>();
    for (long start = from; start < to; start += each) {
      parts.add(new Numbers(start, Math.min(to, start + each)));
    }
    return parts;
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return (to - from) * BYTES_EACH;
  }

  @Override
  public BoundedReader<Long> createReader(PipelineOptions options) {
    return new Reader(this);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  private static final class Reader extends BoundedReader<Long> {
    private final Numbers source;
    private long current;
    private Instant timestamp = new Instant(0);

    Reader(Numbers source) {
      this.source = source;
      this.current = source.from - 1;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (current + 1 >= source.to) {
        return false;
      }
      current++;
      long millis = current / PER_MILLISECOND;
      if (millis != timestamp.getMillis()) {
        timestamp = new Instant(millis);
      }
      return true;
    }

    @Override
    public Long getCurrent() {
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return timestamp;
    }

    @Override
    public void close() {}

    @Override
    public BoundedSource<Long> getCurrentSource() {
      return source;
    }
  }
}
