package dev.lintel.runner.operator;

import dev.lintel.state.EncodedKey;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Hands elements on as they are: Flatten and Redistribute, whose work is done by the exchanges
 * before them.
 */
record ForwardOperator(Output output) implements StreamOperator {
  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    output.emit(element);
  }
}
