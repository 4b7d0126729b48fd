package dev.lintel.runner.grouping;

import dev.lintel.state.layout.ByteWriter;
import java.util.Arrays;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.jspecify.annotations.Nullable;

/** Combines values by a {@link CombineFn}; a spilled part is an encoded accumulator. */
@SuppressWarnings("NullAway") // Values and accumulators may be null if the function makes them so.
public final class CombiningAggregation implements Aggregation {
  private final CombineFn<Object, Object, Object> fn;
  private final Coder<Object> coder;
  private final SizeEstimate size;
  private long accumulators;

  /**
   * @param fn the task's own
   * @param coder of accumulators
   */
  public CombiningAggregation(CombineFn<Object, Object, Object> fn, Coder<Object> coder) {
    this.fn = fn;
    this.coder = coder;
    this.size = new SizeEstimate(coder);
  }

  @Override
  public @Nullable Object first(@Nullable Object value) {
    accumulators++;
    return add(fn.createAccumulator(), value);
  }

  @Override
  public @Nullable Object add(@Nullable Object accumulator, @Nullable Object value) {
    Object added = fn.addInput(accumulator, value);
    size.observe(added);
    return added;
  }

  @Override
  public @Nullable Object merge(@Nullable Object accumulator, @Nullable Object other) {
    return fn.mergeAccumulators(Arrays.asList(accumulator, other));
  }

  @Override
  public @Nullable Object output(@Nullable Object accumulator) {
    return fn.extractOutput(accumulator);
  }

  @Override
  public long heapBytes() {
    return accumulators * size.average();
  }

  @Override
  public void forget() {
    accumulators = 0;
  }

  @Override
  public void write(@Nullable Object accumulator, PartSink sink) {
    ByteWriter part = sink.begin();
    Coding.encode(coder, fn.compact(accumulator), part);
    sink.end();
  }

  @Override
  public @Nullable Object read(StoredPart part) {
    return Coding.decode(coder, part.content());
  }

  @Override
  public @Nullable Object read(@Nullable Object accumulator, StoredPart part) {
    return merge(accumulator, read(part));
  }

  @Override
  public boolean outputReadsRuns() {
    return false;
  }
}
