package dev.lintel.runner.operator;

import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator.ParDo;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.util.WindowedValueMultiReceiver;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/** Where the outputs of a DoFn go, by tag; the main output without a look-up. */
final class DoFnOutputs implements WindowedValueMultiReceiver {
  private final TupleTag<Object> mainTag;
  private final @Nullable Output main;
  private final Map<TupleTag<?>, Output> byTag = new HashMap<>();
  private final Map<TupleTag<?>, Coder<?>> coders = new HashMap<>();

  /**
   * @param outputs by collection id; one that nobody reads is absent
   */
  @SuppressWarnings("unchecked")
  DoFnOutputs(ParDo spec, Map<String, Output> outputs) {
    mainTag = (TupleTag<Object>) spec.mainOutputTag();
    for (Map.Entry<TupleTag<?>, Collection> each : spec.outputsByTag().entrySet()) {
      coders.put(each.getKey(), each.getValue().coder());
      Output output = outputs.get(each.getValue().id());
      if (output != null) {
        byTag.put(each.getKey(), output);
      }
    }
    main = byTag.get(mainTag);
  }

  TupleTag<Object> mainTag() {
    return mainTag;
  }

  Map<TupleTag<?>, Coder<?>> coders() {
    return coders;
  }

  /**
   * Where the outputs of a tag go; null if nobody reads them.
   *
   * @throws IllegalArgumentException if the DoFn has no such tag
   */
  @Nullable Output of(TupleTag<?> tag) {
    if (!tag.equals(mainTag) && !coders.containsKey(tag)) {
      throw new IllegalArgumentException("Unknown output tag " + tag);
    }
    return byTag.get(tag);
  }

  /** Null if the outputs of a tag have no schema. */
  @Nullable SchemaCoder<?> schemaCoder(TupleTag<?> tag) {
    return coders.get(tag) instanceof SchemaCoder<?> coder ? coder : null;
  }

  @Override
  public <OutputT> void output(TupleTag<OutputT> tag, WindowedValue<OutputT> value) {
    Output output = tag.equals(mainTag) ? main : byTag.get(tag);
    if (output != null) {
      output.emit(value);
    }
  }
}
