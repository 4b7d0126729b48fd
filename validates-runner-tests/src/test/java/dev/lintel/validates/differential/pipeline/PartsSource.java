package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/** A bounded source that comes in parts, some of which may be empty. */
final class PartsSource extends BoundedSource<KV<String, Long>> {
  private final ArrayList<ArrayList<Event>> parts = new ArrayList<>();
  private final long unitMillis;

  PartsSource(List<? extends List<Event>> parts, long unitMillis) {
    parts.forEach(part -> this.parts.add(new ArrayList<>(part)));
    this.unitMillis = unitMillis;
  }

  @Override
  public List<PartsSource> split(long desiredBundleBytes, PipelineOptions options) {
    return parts.stream().map(part -> new PartsSource(List.of(part), unitMillis)).toList();
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return parts.stream().mapToLong(List::size).sum();
  }

  @Override
  public Coder<KV<String, Long>> getOutputCoder() {
    return PipelineBuilder.CODER;
  }

  @Override
  public BoundedReader<KV<String, Long>> createReader(PipelineOptions options) {
    return new PartsReader(this);
  }

  private static final class PartsReader extends BoundedReader<KV<String, Long>> {
    private final PartsSource source;
    private final List<Event> elements;
    private int position = -1;

    PartsReader(PartsSource source) {
      this.source = source;
      elements = source.parts.stream().flatMap(List::stream).toList();
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      position++;
      return position < elements.size();
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
      if (position < 0 || position >= elements.size()) {
        throw new NoSuchElementException("Read at " + position + " of " + elements.size());
      }
      return elements.get(position);
    }

    @Override
    public BoundedSource<KV<String, Long>> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
