package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.ValueState;
import org.jspecify.annotations.Nullable;

/** One value. Writing null is clearing: Beam reads null from both. */
final class ValueCell<T> extends SingleCell<T> implements ValueState<T> {
  private final Coder<T> coder;

  ValueCell(Column column, KeyEntry entry, StateNamespace namespace, Coder<T> coder) {
    super(column, entry, namespace);
    this.coder = coder;
  }

  @Override
  public @Nullable T read() {
    return this.<ValueCell<T>>live().value();
  }

  @Override
  public void write(@Nullable T input) {
    ValueCell<T> cell = live();
    if (input == null) {
      cell.unset();
    } else {
      cell.set(input);
    }
  }

  @Override
  public void clear() {
    this.<ValueCell<T>>live().unset();
  }

  @Override
  public ValueState<T> readLater() {
    return this;
  }

  @Override
  void encode(T value, ByteWriter out) {
    encode(coder, value, out);
  }

  @Override
  T decode(ByteReader in) {
    return decode(coder, in);
  }
}
