package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A watermark hold. The operator's {@link HoldListener} hears of every change of what the cell
 * holds and of nothing else: not of an eviction, after which the cell holds what it held.
 */
final class HoldCell extends SingleCell<Instant> implements WatermarkHoldState {
  private final TimestampCombiner combiner;

  HoldCell(Column column, KeyEntry entry, StateNamespace namespace, TimestampCombiner combiner) {
    super(column, entry, namespace);
    this.combiner = combiner;
  }

  @Override
  public void add(Instant outputTime) {
    HoldCell cell = live();
    Instant before = cell.value();
    Instant after = before == null ? outputTime : combiner.combine(before, outputTime);
    if (after.equals(before)) {
      return;
    }
    cell.set(after);
    // The new one first: a listener never sees a moment without any.
    column.owner.holds.holdAdded(after.getMillis());
    if (before != null) {
      column.owner.holds.holdRemoved(before.getMillis());
    }
  }

  @Override
  public void clear() {
    HoldCell cell = live();
    Instant before = cell.value();
    if (before != null) {
      cell.unset();
      column.owner.holds.holdRemoved(before.getMillis());
    }
  }

  @Override
  public @Nullable Instant read() {
    return this.<HoldCell>live().value();
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> !this.<HoldCell>live().isPresent());
  }

  @Override
  public TimestampCombiner getTimestampCombiner() {
    return combiner;
  }

  @Override
  public WatermarkHoldState readLater() {
    return this;
  }

  @Override
  void encode(Instant value, ByteWriter out) {
    out.orderedLong(value.getMillis());
  }

  @Override
  Instant decode(ByteReader in) {
    return Instant.ofEpochMilli(timestampMillis(in));
  }

  /** The timestamp of a stored hold. */
  static long timestampMillis(ByteReader in) {
    return in.orderedLong();
  }
}
