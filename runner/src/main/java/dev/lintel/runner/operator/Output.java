package dev.lintel.runner.operator;

import org.apache.beam.sdk.values.WindowedValue;

/**
 * Where an operator puts the elements of one of its collections: fused operators, exchanges, or
 * both.
 */
@FunctionalInterface
public interface Output {
  void emit(WindowedValue<?> element);
}
