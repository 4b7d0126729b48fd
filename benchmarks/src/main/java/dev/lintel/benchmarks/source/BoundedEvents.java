package dev.lintel.benchmarks.source;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** The events from one index to another. A split has a part of them without a gap. */
final class BoundedEvents<T> extends BoundedSource<T> {
  private static final long serialVersionUID = 1L;
  private final IndexedEvents<T> events;
  private final long from;
  private final long to;

  BoundedEvents(IndexedEvents<T> events, long from, long to) {
    this.events = events;
    this.from = from;
    this.to = to;
  }

  @Override
  public List<BoundedEvents<T>> split(long desiredBundleSizeBytes, PipelineOptions options) {
    long each = Math.max(1, desiredBundleSizeBytes / events.bytesEach());
    List<BoundedEvents<T>> parts = new ArrayList<>();
    for (long start = from; start < to; start += each) {
      parts.add(new BoundedEvents<>(events, start, Math.min(to, start + each)));
    }
    return parts;
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return (to - from) * events.bytesEach();
  }

  @Override
  public BoundedReader<T> createReader(PipelineOptions options) {
    return new Reader<>(this);
  }

  @Override
  public Coder<T> getOutputCoder() {
    return events.coder();
  }

  private static final class Reader<T> extends BoundedReader<T> {
    private final BoundedEvents<T> source;
    private long index;
    private @Nullable T current;
    private Instant timestamp = new Instant(0);

    Reader(BoundedEvents<T> source) {
      this.source = source;
      this.index = source.from - 1;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (index + 1 >= source.to) {
        current = null;
        return false;
      }
      index++;
      current = source.events.at(index);
      long millis = source.events.millisAt(index);
      if (millis != timestamp.getMillis()) {
        timestamp = new Instant(millis);
      }
      return true;
    }

    @Override
    public T getCurrent() {
      if (current == null) {
        throw new NoSuchElementException("No event before start() nor after the last");
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return timestamp;
    }

    @Override
    public void close() {}

    @Override
    public BoundedSource<T> getCurrentSource() {
      return source;
    }
  }
}
