package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded source that ends: after its last element its watermark is the end of time.
 *
 * <p>Before, the watermark is the earliest timestamp that is still to come: no element is late.
 */
final class EndingSource extends UnboundedSource<KV<String, Long>, EndingSource.Mark> {
  private final ArrayList<ArrayList<Event>> parts = new ArrayList<>();
  private final long unitMillis;

  EndingSource(List<? extends List<Event>> parts, long unitMillis) {
    parts.forEach(part -> this.parts.add(new ArrayList<>(part)));
    this.unitMillis = unitMillis;
  }

  @Override
  public List<EndingSource> split(int desiredSplits, PipelineOptions options) {
    return parts.stream().map(part -> new EndingSource(List.of(part), unitMillis)).toList();
  }

  @Override
  public UnboundedReader<KV<String, Long>> createReader(
      PipelineOptions options, @Nullable Mark mark) {
    return new EndingReader(this, mark == null ? -1 : mark.position);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<KV<String, Long>> getOutputCoder() {
    return PipelineBuilder.CODER;
  }

  /**
   * How far a reader has come.
   *
   * @param position of the element that was read last
   */
  record Mark(int position) implements CheckpointMark, java.io.Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  private static final class EndingReader extends UnboundedReader<KV<String, Long>> {
    private final EndingSource source;
    private final List<Event> elements;
    private int position;

    EndingReader(EndingSource source, int position) {
      this.source = source;
      this.position = position;
      elements = source.parts.stream().flatMap(List::stream).toList();
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (position + 1 >= elements.size()) {
        return false;
      }
      position++;
      return true;
    }

    @Override
    public KV<String, Long> getCurrent() {
      return KV.of(current().key(), current().value());
    }

    @Override
    public Instant getCurrentTimestamp() {
      return new Instant(current().time() * source.unitMillis);
    }

    private Event current() {
      if (position < 0) {
        throw new NoSuchElementException("Read before the first element");
      }
      return elements.get(position);
    }

    @Override
    public Instant getWatermark() {
      Instant earliest = BoundedWindow.TIMESTAMP_MAX_VALUE;
      for (int i = position + 1; i < elements.size(); i++) {
        Instant time = new Instant(elements.get(i).time() * source.unitMillis);
        earliest = time.isBefore(earliest) ? time : earliest;
      }
      return earliest;
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Mark(position);
    }

    @Override
    public UnboundedSource<KV<String, Long>, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
