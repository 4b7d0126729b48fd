package dev.lintel.benchmarks.source;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The same events from a source that does not say that it has an end: its watermark passes the end
 * of time after the last of them.
 *
 * <p>The splits take turns by blocks of events, so that all of them are at about the same time and
 * none keeps the watermark of the others far back. The watermark is exact: the timestamp of the
 * split's next event.
 */
final class UnboundedEvents<T> extends UnboundedSource<T, Position> {
  private static final long serialVersionUID = 1L;

  /** How many events without a gap a split has before it is the next one's turn. */
  private static final long BLOCK = 50;

  private final IndexedEvents<T> events;
  private final long count;
  private final int split;
  private final int splits;

  private UnboundedEvents(IndexedEvents<T> events, long count, int split, int splits) {
    this.events = events;
    this.count = count;
    this.split = split;
    this.splits = splits;
  }

  static <T> UnboundedEvents<T> upTo(IndexedEvents<T> events, long count) {
    return new UnboundedEvents<>(events, count, 0, 1);
  }

  @Override
  public List<UnboundedEvents<T>> split(int desiredNumSplits, PipelineOptions options) {
    if (splits > 1) {
      return List.of(this);
    }
    List<UnboundedEvents<T>> parts = new ArrayList<>();
    for (int i = 0; i < desiredNumSplits; i++) {
      parts.add(new UnboundedEvents<>(events, count, i, desiredNumSplits));
    }
    return parts;
  }

  @Override
  public UnboundedReader<T> createReader(PipelineOptions options, @Nullable Position mark) {
    return new Reader<>(this, mark == null ? firstIndex() : mark.next());
  }

  private long firstIndex() {
    return split * BLOCK;
  }

  private long indexAfter(long index) {
    return (index + 1) % BLOCK == 0 ? index + 1 + (splits - 1) * BLOCK : index + 1;
  }

  @Override
  public Coder<Position> getCheckpointMarkCoder() {
    return Position.CODER;
  }

  @Override
  public Coder<T> getOutputCoder() {
    return events.coder();
  }

  private static final class Reader<T> extends UnboundedReader<T> {
    private final UnboundedEvents<T> source;
    private long next;
    private @Nullable T current;
    private Instant timestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;

    Reader(UnboundedEvents<T> source, long next) {
      this.source = source;
      this.next = next;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (next >= source.count) {
        current = null;
        return false;
      }
      current = source.events.at(next);
      long millis = source.events.millisAt(next);
      if (millis != timestamp.getMillis()) {
        timestamp = new Instant(millis);
      }
      next = source.indexAfter(next);
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
    public Instant getWatermark() {
      if (next >= source.count) {
        return BoundedWindow.TIMESTAMP_MAX_VALUE;
      }
      long millis = source.events.millisAt(next);
      return millis == timestamp.getMillis() ? timestamp : new Instant(millis);
    }

    @Override
    public Position getCheckpointMark() {
      return new Position(next);
    }

    @Override
    public void close() {}

    @Override
    public UnboundedSource<T, ?> getCurrentSource() {
      return source;
    }
  }
}
