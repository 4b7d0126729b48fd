package dev.lintel.runner.simulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/** Reads a {@link Log} as a source without an end, which has one. */
final class SimulatedSource extends UnboundedSource<KV<Long, Long>, SimulatedSource.Mark> {
  static final Coder<KV<Long, Long>> CODER = KvCoder.of(VarLongCoder.of(), VarLongCoder.of());

  private static final long serialVersionUID = 1L;
  private static final int ALL = -1;

  private final String name;
  private final int partition;

  SimulatedSource(String name) {
    this(name, ALL);
  }

  private SimulatedSource(String name, int partition) {
    this.name = name;
    this.partition = partition;
  }

  @Override
  public List<SimulatedSource> split(int desired, PipelineOptions options) {
    List<SimulatedSource> splits = new ArrayList<>();
    for (int i = 0; i < World.get().log(name).partitions(); i++) {
      splits.add(new SimulatedSource(name, i));
    }
    return splits;
  }

  @Override
  public UnboundedReader<KV<Long, Long>> createReader(
      PipelineOptions options, @Nullable Mark mark) {
    int position = mark == null ? 0 : mark.position;
    World.get().beginReading(name, partition, position);
    return new Reader(this, World.get().log(name), position);
  }

  @Override
  public Coder<KV<Long, Long>> getOutputCoder() {
    return CODER;
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return new MarkCoder();
  }

  /** How far a partition was read. */
  static final class Mark implements UnboundedSource.CheckpointMark {
    private final @Nullable SimulatedSource source;
    private final int position;

    Mark(@Nullable SimulatedSource source, int position) {
      this.source = source;
      this.position = position;
    }

    @Override
    public void finalizeCheckpoint() {
      if (source == null) {
        throw new IllegalStateException("Expected the mark that was taken, not a decoded one");
      }
      World.get().finalizeMark(source.name, source.partition, position);
    }
  }

  private static final class MarkCoder extends AtomicCoder<Mark> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Mark mark, OutputStream out) throws IOException {
      VarIntCoder.of().encode(mark.position, out);
    }

    @Override
    public Mark decode(InputStream in) throws IOException {
      return new Mark(null, VarIntCoder.of().decode(in));
    }
  }

  private static final class Reader extends UnboundedReader<KV<Long, Long>> {
    private final SimulatedSource source;
    private final Log log;
    private final List<Element> elements;
    private int position;
    private @Nullable Element current;

    Reader(SimulatedSource source, Log log, int position) {
      this.source = source;
      this.log = log;
      this.elements = log.partition(source.partition);
      this.position = position;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (position == elements.size() || World.get().random().nextInt(3) == 0) {
        return false;
      }
      current = elements.get(position++);
      return true;
    }

    private Element current() {
      if (current == null) {
        throw new NoSuchElementException();
      }
      return current;
    }

    @Override
    public KV<Long, Long> getCurrent() {
      return KV.of(current().key(), current().value());
    }

    @Override
    public Instant getCurrentTimestamp() {
      return new Instant(current().timestampMillis());
    }

    @Override
    public Instant getWatermark() {
      return position == elements.size()
          ? BoundedWindow.TIMESTAMP_MAX_VALUE
          : new Instant(log.watermark(source.partition, position));
    }

    @Override
    public Mark getCheckpointMark() {
      return new Mark(source, position);
    }

    @Override
    public UnboundedSource<KV<Long, Long>, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
