package dev.lintel.runner.grouping;

import dev.lintel.runner.spill.SortedRun;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * Collects values, as GroupByKey does. In memory an accumulator is a {@link ValueList}, after it
 * has been spilled {@link Collected}: small groups are held in memory again when it is their turn,
 * large ones are read from the runs whenever somebody iterates over them.
 */
@SuppressWarnings("NullAway") // A coder of nullable values takes and gives null.
public final class CollectingAggregation implements Aggregation {
  /** A part is full at this size; a value that is larger has one of its own. */
  private static final int PART_BYTES_MAX = 32 << 10;

  /**
   * Spilled groups of up to this size are put out in memory. Some thousands of them may wait in a
   * channel.
   */
  private static final int HELD_BYTES_MAX = 8 << 10;

  private final Coder<Object> coder;
  private final SizeEstimate size;
  private long heapBytes;
  private boolean outputReadsRuns;

  /** What is known of a spilled group: its places, and its values as long as they are few. */
  private static final class Collected {
    final SortedRun[] runs;
    final int headerBytes;
    final Extents extents = new Extents();
    @Nullable ValueList held = new ValueList();
    long bytes;

    Collected(StoredPart part) {
      runs = part.runs();
      headerBytes = part.headerBytes();
    }
  }

  public CollectingAggregation(Coder<Object> coder) {
    this.coder = coder;
    this.size = new SizeEstimate(coder);
  }

  @Override
  public Object first(@Nullable Object value) {
    heapBytes += ValueList.HEAP_BYTES;
    return add(new ValueList(), value);
  }

  @Override
  public Object add(@Nullable Object accumulator, @Nullable Object value) {
    ValueList values = (ValueList) accumulator;
    heapBytes += size.of(value) + values.append(value);
    return values;
  }

  @Override
  public Object merge(@Nullable Object accumulator, @Nullable Object other) {
    if (accumulator instanceof ValueList values) {
      values.appendAll((ValueList) other);
      return values;
    }
    Collected into = (Collected) accumulator;
    Collected from = (Collected) other;
    into.bytes += from.bytes;
    into.extents.addAll(from.extents);
    if (into.held != null && from.held != null && into.bytes <= HELD_BYTES_MAX) {
      into.held.appendAll(from.held);
    } else {
      into.held = null;
    }
    return into;
  }

  @Override
  public Object output(@Nullable Object accumulator) {
    if (accumulator instanceof ValueList values) {
      return values;
    }
    Collected spilled = (Collected) accumulator;
    if (spilled.held != null) {
      return spilled.held;
    }
    outputReadsRuns = true;
    return new StoredValues(spilled.runs, spilled.extents, spilled.headerBytes, coder);
  }

  @Override
  public long heapBytes() {
    return heapBytes;
  }

  @Override
  public void forget() {
    heapBytes = 0;
  }

  @Override
  public void write(@Nullable Object accumulator, PartSink sink) {
    ValueList values = (ValueList) accumulator;
    int written = 0;
    while (written < values.size()) {
      ByteWriter part = sink.begin();
      int start = part.size();
      part.fixed32(0);
      int first = written;
      while (written < values.size() && part.size() - start < PART_BYTES_MAX) {
        Coding.encode(coder, values.get(written++), part);
      }
      part.setFixed32(start, written - first);
      sink.end();
    }
  }

  @Override
  public Object read(StoredPart part) {
    return read(new Collected(part), part);
  }

  @Override
  public Object read(@Nullable Object accumulator, StoredPart part) {
    Collected group = (Collected) accumulator;
    group.extents.add(part.run(), part.from(), part.to());
    group.bytes += part.bytes();
    if (group.bytes > HELD_BYTES_MAX) {
      group.held = null;
    }
    if (group.held != null) {
      ByteReader content = part.content();
      for (int left = content.fixed32(); left > 0; left--) {
        group.held.append(Coding.decode(coder, content));
      }
    }
    return group;
  }

  @Override
  public boolean outputReadsRuns() {
    return outputReadsRuns;
  }
}
