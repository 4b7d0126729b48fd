package dev.lintel.state;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import java.util.Arrays;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.StateContext;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.util.CombineFnUtil;
import org.jspecify.annotations.Nullable;

/** An accumulator, changed in place by the combine function. */
final class CombiningCell<InputT, AccumT, OutputT> extends SingleCell<AccumT>
    implements CombiningState<InputT, AccumT, OutputT> {
  private final Coder<AccumT> coder;

  /** Set if the function wants a context: then {@link #combineFn} is bound to the latest one. */
  private final @Nullable CombineFnWithContext<InputT, AccumT, OutputT> unboundFn;

  private CombineFn<InputT, AccumT, OutputT> combineFn;
  private @Nullable StateContext<?> boundContext;

  CombiningCell(
      Column column,
      KeyEntry entry,
      StateNamespace namespace,
      Coder<AccumT> coder,
      CombineFn<InputT, AccumT, OutputT> combineFn) {
    super(column, entry, namespace);
    this.coder = coder;
    this.combineFn = combineFn;
    this.unboundFn = null;
  }

  CombiningCell(
      Column column,
      KeyEntry entry,
      StateNamespace namespace,
      Coder<AccumT> coder,
      CombineFnWithContext<InputT, AccumT, OutputT> combineFn,
      StateContext<?> context) {
    super(column, entry, namespace);
    this.coder = coder;
    this.combineFn = CombineFnUtil.bindContext(combineFn, context);
    this.unboundFn = combineFn;
    this.boundContext = context;
  }

  /**
   * Binds the function anew: a context may belong to a bundle, and a cell lives through many of
   * them.
   */
  @Override
  void context(StateContext<?> context) {
    if (unboundFn != null && context != boundContext) {
      combineFn = CombineFnUtil.bindContext(unboundFn, context);
      boundContext = context;
    }
  }

  @Override
  public void add(InputT input) {
    CombiningCell<InputT, AccumT, OutputT> cell = live();
    cell.set(cell.combineFn.addInput(cell.accumulator(), input));
  }

  @Override
  public void addAccum(AccumT accumulator) {
    CombiningCell<InputT, AccumT, OutputT> cell = live();
    cell.set(cell.combineFn.mergeAccumulators(Arrays.asList(cell.accumulator(), accumulator)));
  }

  @Override
  public AccumT mergeAccumulators(Iterable<AccumT> accumulators) {
    return this.<CombiningCell<InputT, AccumT, OutputT>>live()
        .combineFn
        .mergeAccumulators(accumulators);
  }

  @Override
  public AccumT getAccum() {
    return this.<CombiningCell<InputT, AccumT, OutputT>>live().accumulator();
  }

  /** As Beam's own state: the cell's accumulator is merged into a new one, which may be used up. */
  @Override
  public OutputT read() {
    CombiningCell<InputT, AccumT, OutputT> cell = live();
    CombineFn<InputT, AccumT, OutputT> fn = cell.combineFn;
    return fn.extractOutput(
        fn.mergeAccumulators(Arrays.asList(fn.createAccumulator(), cell.accumulator())));
  }

  @Override
  public ReadableState<Boolean> isEmpty() {
    return new Deferred<>(() -> !this.<CombiningCell<InputT, AccumT, OutputT>>live().isPresent());
  }

  @Override
  public void clear() {
    this.<CombiningCell<InputT, AccumT, OutputT>>live().unset();
  }

  @Override
  public CombiningState<InputT, AccumT, OutputT> readLater() {
    return this;
  }

  @SuppressWarnings("NullAway") // An accumulator may be null if its function makes it so.
  private AccumT accumulator() {
    AccumT accumulator = value();
    if (accumulator == null && !isPresent()) {
      accumulator = combineFn.createAccumulator();
      prepare(accumulator);
    }
    return accumulator;
  }

  @Override
  void encode(AccumT value, ByteWriter out) {
    encode(coder, value, out);
  }

  @Override
  AccumT decode(ByteReader in) {
    return decode(coder, in);
  }
}
