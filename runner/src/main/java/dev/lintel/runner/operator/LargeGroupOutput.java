package dev.lintel.runner.operator;

import dev.lintel.runner.sideinput.Pane;
import dev.lintel.runner.sideinput.PaneStore;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.state.StreamedIterable;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Copies the values of a group that is too large for memory as it leaves its operator: what state
 * gives to read, only this task may read, but a group may go to any. The copy is on the heap if
 * there is room, or else in a file, and lasts as long as somebody has it.
 *
 * <p><i>Ownership:</i> one operator.
 */
final class LargeGroupOutput implements Output {
  private final Output output;
  private final Coder<Object> valueCoder;
  private final String transform;
  private final SpillSpace space;

  /** Made for the first large group. */
  private @Nullable PaneStore copies;

  LargeGroupOutput(
      String transform, Coder<Object> valueCoder, OperatorContext context, Output output) {
    this.transform = transform;
    this.valueCoder = valueCoder;
    this.output = output;
    this.space = context.spill();
  }

  @Override
  public void emit(WindowedValue<?> element) {
    KV<?, ?> group = (KV<?, ?>) element.getValue();
    if (group.getValue() instanceof StreamedIterable<?> values) {
      KV<?, ?> copied = KV.of(group.getKey(), copy(values));
      @SuppressWarnings("unchecked")
      WindowedValue<Object> large = (WindowedValue<Object>) element;
      output.emit(large.withValue(copied));
    } else {
      output.emit(element);
    }
  }

  private Iterable<Object> copy(StreamedIterable<?> values) {
    if (copies == null) {
      copies = PaneStore.ofLists(valueCoder, "group of " + transform, space);
    }
    return ((Pane.OfList) copies.paneOf(values)).get();
  }
}
