package dev.lintel.runner.operator;

import dev.lintel.state.EncodedKey;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * Where an operator puts the elements of one of its collections: fused operators, exchanges, or
 * both.
 */
@FunctionalInterface
public interface Output {
  void emit(WindowedValue<?> element);

  /**
   * As {@link #emit(WindowedValue)}, by one that has the element's encoded key: an exchange by key
   * then need not make it again.
   */
  default void emit(WindowedValue<?> element, EncodedKey key) {
    emit(element);
  }
}
