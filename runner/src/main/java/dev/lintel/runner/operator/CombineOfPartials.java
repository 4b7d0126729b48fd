package dev.lintel.runner.operator;

import dev.lintel.translation.plan.Partial;
import java.util.Arrays;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/** A user's combine function that takes values, and {@link Partial}s of values, as its input. */
@SuppressWarnings("NullAway") // Accumulators may be null if the function makes them so.
final class CombineOfPartials extends CombineFn<Object, Object, Object> {
  private static final long serialVersionUID = 1L;

  private final CombineFn<Object, Object, Object> fn;

  CombineOfPartials(CombineFn<Object, Object, Object> fn) {
    this.fn = fn;
  }

  @Override
  public Object createAccumulator() {
    return fn.createAccumulator();
  }

  @Override
  public Object addInput(Object accumulator, Object input) {
    return input instanceof Partial partial
        ? fn.mergeAccumulators(Arrays.asList(accumulator, partial.accumulator()))
        : fn.addInput(accumulator, input);
  }

  @Override
  public Object mergeAccumulators(Iterable<Object> accumulators) {
    return fn.mergeAccumulators(accumulators);
  }

  @Override
  public Object compact(Object accumulator) {
    return fn.compact(accumulator);
  }

  @Override
  public Object extractOutput(Object accumulator) {
    return fn.extractOutput(accumulator);
  }
}
