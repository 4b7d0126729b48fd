package dev.lintel.runner.simulation;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/** Reads a {@link Log} as a source with an end. */
final class SimulatedBoundedSource extends BoundedSource<KV<Long, Long>> {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final int partition;

  SimulatedBoundedSource(String name) {
    this(name, -1);
  }

  private SimulatedBoundedSource(String name, int partition) {
    this.name = name;
    this.partition = partition;
  }

  @Override
  public List<SimulatedBoundedSource> split(long bytes, PipelineOptions options) {
    List<SimulatedBoundedSource> splits = new ArrayList<>();
    for (int i = 0; i < World.get().log(name).partitions(); i++) {
      splits.add(new SimulatedBoundedSource(name, i));
    }
    return splits;
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return 1;
  }

  @Override
  public Coder<KV<Long, Long>> getOutputCoder() {
    return SimulatedSource.CODER;
  }

  @Override
  public BoundedReader<KV<Long, Long>> createReader(PipelineOptions options) {
    return new Reader(this, World.get().log(name).partition(partition));
  }

  private static final class Reader extends BoundedReader<KV<Long, Long>> {
    private final SimulatedBoundedSource source;
    private final List<Element> elements;
    private int position = -1;

    Reader(SimulatedBoundedSource source, List<Element> elements) {
      this.source = source;
      this.elements = elements;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      return ++position < elements.size();
    }

    @Override
    public KV<Long, Long> getCurrent() {
      return KV.of(elements.get(position).key(), elements.get(position).value());
    }

    @Override
    public Instant getCurrentTimestamp() {
      return new Instant(elements.get(position).timestampMillis());
    }

    @Override
    public BoundedSource<KV<Long, Long>> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
