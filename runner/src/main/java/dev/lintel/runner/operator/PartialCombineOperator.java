package dev.lintel.runner.operator;

import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.runner.grouping.SizeEstimate;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.translation.plan.Operator.PartialCombine;
import dev.lintel.translation.plan.Partial;
import java.util.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Combines values of the same key and windows before they go to the exchange, within a bundle.
 *
 * <p>A table has two places for each hash: a key that finds both taken by others sends the one on
 * that was used longer ago. At the end of the bundle all go on, so nothing stays behind the
 * watermark. When too few values find their key there ({@link ReductionSample}), they pass
 * untouched, encoded key and all left to the exchange. Late values always do: they are seen one by
 * one, as panes or as drops.
 *
 * <p><i>Ownership:</i> the task's thread; an accumulator is the consumer's once it was emitted.
 * <i>Limits:</i> {@value #PLACES} accumulators of together about {@value #BYTES_MAX} bytes.
 */
final class PartialCombineOperator implements StreamOperator {
  private static final int PAIR_BITS = 11;
  private static final int PLACES = 2 << PAIR_BITS;
  private static final long BYTES_MAX = 8 << 20;

  private final PartialCombine spec;
  private final OperatorContext context;
  private final Output output;
  private final CombineFn<Object, Object, Object> fn;
  private final KeyEncoder keys;
  private final Coder<Object> accumulatorCoder;
  private final SizeEstimate accumulatorSize;
  private final StepScope scope;
  private final ReductionSample sample = new ReductionSample();

  /** The two entries of pair {@code p} are at {@code 2p} and, used longer ago, {@code 2p + 1}. */
  private final @Nullable Entry[] places = new @Nullable Entry[PLACES];

  /** The first places of the pairs that are not empty. */
  private final int[] pairs = new int[PLACES / 2];

  private int pairCount;
  private int size;
  private @Nullable Extent lastExtent;
  private long outputWatermarkMillis = Timestamps.MIN_MILLIS;

  @SuppressWarnings("unchecked")
  PartialCombineOperator(PartialCombine spec, OperatorContext context, Output output) {
    this.spec = spec;
    this.context = context;
    this.output = output;
    fn = (CombineFn<Object, Object, Object>) SerializableUtils.clone(spec.combineFn());
    keys =
        new KeyEncoder(((KvCoder<?, ?>) spec.input().coder()).getKeyCoder(), spec.input().name());
    accumulatorCoder = (Coder<Object>) spec.accumulatorCoder();
    accumulatorSize = new SizeEstimate(accumulatorCoder);
    scope = new StepScope(context.metrics().container(spec.combine()));
  }

  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    if (!sample.isWorthwhile()) {
      output.emit(element);
      return;
    }
    Extent extent = extent(element.getWindows());
    if (extent.endMillis < outputWatermarkMillis) {
      output.emit(element);
      return;
    }
    KV<?, ?> kv = (KV<?, ?>) element.getValue();
    ByteWriter encoded = keys.write(kv.getKey());
    int hash = (EncodedKey.hash(encoded) + extent.hash) * 0x9e3779b9;
    int first = hash >>> Integer.SIZE - PAIR_BITS << 1;
    Entry entry = find(first, encoded, extent);
    if (entry == null) {
      entry = new Entry(element, EncodedKey.of(encoded), extent);
      insert(first, entry);
    } else {
      sample.found();
    }
    add(entry, kv.getValue());
    if (size * accumulatorSize.average() > BYTES_MAX) {
      emitAll();
    }
  }

  private @Nullable Entry find(int first, ByteWriter encoded, Extent extent) {
    Entry entry = places[first];
    if (entry == null || entry.isOf(encoded, extent)) {
      return entry;
    }
    Entry older = places[first + 1];
    if (older == null || !older.isOf(encoded, extent)) {
      return null;
    }
    places[first] = older;
    places[first + 1] = entry;
    return older;
  }

  private void insert(int first, Entry entry) {
    Entry before = places[first];
    Entry older = places[first + 1];
    if (before == null) {
      pairs[pairCount++] = first;
    }
    places[first] = entry;
    places[first + 1] = before;
    size++;
    if (older != null) {
      size--;
      emit(older);
    }
  }

  @SuppressWarnings("NullAway") // An accumulator may be null if its function makes it so.
  private void add(Entry entry, Object value) {
    MetricsContainer before = scope.enter();
    try {
      Object accumulator = entry.isNew ? fn.createAccumulator() : entry.accumulator;
      entry.accumulator = fn.addInput(accumulator, value);
      entry.isNew = false;
      accumulatorSize.observe(entry.accumulator);
    } catch (RuntimeException | Error e) {
      throw context.fail(spec.combine(), "combining an element", e);
    } finally {
      scope.leave(before);
    }
  }

  @Override
  public void finishBundle() {
    emitAll();
  }

  private void emitAll() {
    for (int i = 0; i < pairCount; i++) {
      emitPlace(pairs[i]);
      emitPlace(pairs[i] + 1);
    }
    pairCount = 0;
    size = 0;
  }

  private void emitPlace(int place) {
    Entry entry = places[place];
    if (entry != null) {
      places[place] = null;
      emit(entry);
    }
  }

  /** For each window an accumulator of its own: who gets one may change it. */
  private void emit(Entry entry) {
    if (entry.extent.windows.size() == 1) {
      emit(entry, entry.first, entry.accumulator);
    } else {
      for (WindowedValue<?> each : entry.first.explodeWindows()) {
        emit(entry, each, copy(entry.accumulator));
      }
    }
  }

  private void emit(Entry entry, WindowedValue<?> element, @Nullable Object accumulator) {
    Object key = ((KV<?, ?>) element.getValue()).getKey();
    output.emit(element.withValue(KV.of(key, new Partial(accumulator))), entry.key);
  }

  private @Nullable Object copy(@Nullable Object accumulator) {
    try {
      return CoderUtils.clone(accumulatorCoder, accumulator);
    } catch (CoderException | RuntimeException e) {
      throw context.fail(spec.combine(), "copying an accumulator with " + accumulatorCoder, e);
    }
  }

  @Override
  public void advanceOutputWatermark(long millis) {
    outputWatermarkMillis = millis;
  }

  private Extent extent(Collection<? extends BoundedWindow> windows) {
    Extent extent = lastExtent;
    if (extent == null || !extent.isOf(windows)) {
      extent = new Extent(windows);
      lastExtent = extent;
    }
    return extent;
  }

  /** An accumulator with the first of its elements, whose key, windows and timestamp it has. */
  private static final class Entry {
    final WindowedValue<?> first;
    final EncodedKey key;
    final Extent extent;
    @Nullable Object accumulator;
    boolean isNew = true;

    Entry(WindowedValue<?> first, EncodedKey key, Extent extent) {
      this.first = first;
      this.key = key;
      this.extent = extent;
    }

    @SuppressWarnings("ReferenceEquality") // Only the fast way; the windows decide.
    boolean isOf(ByteWriter encoded, Extent other) {
      return key.isOf(encoded) && (extent == other || extent.isOf(other.windows));
    }
  }

  /** The windows of an element: combined is what has all of them in common. */
  private static final class Extent {
    final Collection<? extends BoundedWindow> windows;
    final BoundedWindow first;
    final int hash;

    /** The end of the earliest of them. */
    final long endMillis;

    Extent(Collection<? extends BoundedWindow> windows) {
      this.windows = windows;
      this.first = windows.iterator().next();
      int sum = 0;
      long end = Long.MAX_VALUE;
      for (BoundedWindow each : windows) {
        sum += each.hashCode();
        end = Math.min(end, each.maxTimestamp().getMillis());
      }
      hash = sum;
      endMillis = end;
    }

    boolean isOf(Collection<? extends BoundedWindow> others) {
      return windows.size() == 1 && others.size() == 1
          ? first.equals(others.iterator().next())
          : windows.equals(others);
    }
  }
}
