package dev.lintel.runner.operator;

import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.AppliedCombineFn;
import org.apache.beam.sdk.util.SerializableUtils;
import org.jspecify.annotations.Nullable;

/** Makes the running operator or reader of each operator of the plan. */
public final class OperatorFactory {
  private OperatorFactory() {}

  /** What source readers ask of the job, and what was decided for them before it started. */
  public interface SourceControl extends TestStreamReader.Control {
    void requestSplit();

    /**
     * After how long without an element a split does not keep the watermark back; zero for never.
     */
    long idleSplitMillis();

    /** The splits of an unbounded source that this slot reads. */
    List<? extends UnboundedSource<?, ?>> unboundedSplits(Operator.UnboundedRead read);
  }

  public static boolean isSource(Operator spec) {
    return spec instanceof Operator.Impulse
        || spec instanceof Operator.BoundedRead
        || spec instanceof Operator.UnboundedRead
        || spec instanceof Operator.TestStreamRead;
  }

  /**
   * @param outputs by collection id
   */
  public static SourceReader source(
      Operator spec, OperatorContext context, Map<String, Output> outputs, SourceControl control) {
    Output output = onlyOutput(spec, outputs);
    if (spec instanceof Operator.Impulse) {
      return new ImpulseReader(output);
    }
    if (spec instanceof Operator.BoundedRead read) {
      return new BoundedSourceReader(read, context, output, control::requestSplit);
    }
    if (spec instanceof Operator.UnboundedRead read) {
      return new UnboundedSourceReader(
          read, context, output, control.unboundedSplits(read), control.idleSplitMillis());
    }
    if (spec instanceof Operator.TestStreamRead read) {
      return new TestStreamReader(read, output, control);
    }
    throw new IllegalArgumentException("Expected a source, but found " + spec);
  }

  /**
   * @param outputs by collection id; one that nobody reads is absent
   */
  public static StreamOperator operator(
      Operator spec, OperatorContext context, Map<String, Output> outputs) {
    if (spec instanceof Operator.ParDo parDo) {
      return parDo.stateful()
          ? new StatefulParDoOperator(parDo, context, outputs)
          : new ParDoOperator(parDo, context, outputs);
    }
    if (spec instanceof Operator.ProcessRestrictions process) {
      return new ProcessRestrictionsOperator(process, context, outputs);
    }
    Output output = onlyOutput(spec, outputs);
    if (spec instanceof Operator.SplitRestrictions split) {
      return new SplitRestrictionsOperator(split, context, output);
    }
    if (spec instanceof Operator.Deduplicate deduplicate) {
      return new DeduplicateOperator(deduplicate, context, output);
    }
    if (spec instanceof Operator.AssignWindows assign) {
      return new AssignWindowsOperator(assign, context, output);
    }
    if (spec instanceof Operator.Flatten || spec instanceof Operator.Redistribute) {
      return new ForwardOperator(output);
    }
    return grouping(spec, context, output);
  }

  private static StreamOperator grouping(Operator spec, OperatorContext context, Output output) {
    Collection input = spec.inputs().get(0);
    StateTag<? extends GroupingState<Object, Object>> values = valuesTag(spec, input.coder());
    if (values != null && EndOfWindowGrouping.handles(input.windowing())) {
      Coder<Object> keyCoder = kvCoder(input.coder()).getKeyCoder();
      return new EndOfWindowGrouping(spec.transform(), input, keyCoder, values, context, output);
    }
    return new GroupingOperator(spec.transform(), input, grouping(spec), context, output);
  }

  /** The state that holds one key's values in one window; null for groupings that need more. */
  @SuppressWarnings("unchecked")
  private static @Nullable StateTag<? extends GroupingState<Object, Object>> valuesTag(
      Operator spec, Coder<?> inputCoder) {
    if (spec instanceof Operator.GroupByKey) {
      return (StateTag<? extends GroupingState<Object, Object>>)
          (StateTag<?>) StateTags.bag("values", kvCoder(inputCoder).getValueCoder());
    }
    if (spec instanceof Operator.CombinePerKey combine
        && combine.combineFn() instanceof CombineFn<?, ?, ?> fn) {
      return StateTags.combiningValue(
          "values",
          (Coder<Object>) combine.accumulatorCoder(),
          (CombineFn<Object, Object, Object>) SerializableUtils.clone(fn));
    }
    return null;
  }

  @SuppressWarnings("unchecked")
  private static KvCoder<Object, Object> kvCoder(Coder<?> coder) {
    return (KvCoder<Object, Object>) coder;
  }

  private static Output onlyOutput(Operator spec, Map<String, Output> outputs) {
    return outputs.getOrDefault(spec.outputs().get(0).id(), element -> {});
  }

  @SuppressWarnings("unchecked")
  private static GroupingOperator.Grouping grouping(Operator spec) {
    Coder<?> inputCoder = spec.inputs().get(0).coder();
    if (spec instanceof Operator.GatherView) {
      return new GroupingOperator.Grouping(
          VoidCoder.of(), buffering((Coder<Object>) inputCoder), false);
    }
    KvCoder<Object, Object> kvCoder = kvCoder(inputCoder);
    if (spec instanceof Operator.GroupByKey) {
      return new GroupingOperator.Grouping(
          kvCoder.getKeyCoder(), buffering(kvCoder.getValueCoder()), true);
    }
    if (spec instanceof Operator.CombinePerKey combine) {
      return new GroupingOperator.Grouping(
          kvCoder.getKeyCoder(), combining(combine, kvCoder), true);
    }
    throw new IllegalArgumentException("Expected an operator, but found " + spec);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static SystemReduceFn<Object, Object, ?, Object, BoundedWindow> buffering(
      Coder<Object> valueCoder) {
    return (SystemReduceFn) SystemReduceFn.<Object, Object, BoundedWindow>buffering(valueCoder);
  }

  @SuppressWarnings("unchecked")
  private static SystemReduceFn<Object, Object, ?, Object, BoundedWindow> combining(
      Operator.CombinePerKey combine, KvCoder<Object, Object> kvCoder) {
    GlobalCombineFn<Object, Object, Object> fn =
        (GlobalCombineFn<Object, Object, Object>) combine.combineFn();
    AppliedCombineFn<Object, Object, Object, Object> applied =
        AppliedCombineFn.withAccumulatorCoder(fn, (Coder<Object>) combine.accumulatorCoder());
    return SystemReduceFn.combining(kvCoder.getKeyCoder(), applied);
  }
}
