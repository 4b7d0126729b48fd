package dev.lintel.runner.operator;

import dev.lintel.runner.grouping.Aggregation;
import dev.lintel.runner.grouping.CollectingAggregation;
import dev.lintel.runner.grouping.CombiningAggregation;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.AppliedCombineFn;
import org.apache.beam.sdk.util.SerializableUtils;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the gear of a grouping: the cheapest operator whose output can't be told from that of
 * {@link GroupingOperator}, which takes every windowing and trigger. What is not in the task's
 * state is for jobs without checkpoints.
 */
final class GroupingOperators {
  private GroupingOperators() {}

  static StreamOperator operator(Operator spec, OperatorContext context, Output output) {
    Collection input = spec.inputs().get(0);
    Aggregation aggregation =
        !context.checkpointed() && BoundedGrouping.handles(input) ? aggregation(spec) : null;
    if (aggregation != null) {
      Coder<Object> keyCoder = kvCoder(input.coder()).getKeyCoder();
      return new BoundedGrouping(spec.transform(), input, keyCoder, aggregation, context, output);
    }
    GroupingGear gear = context.gears().of(spec);
    if (gear == GroupingGear.REDUCE) {
      return viaReduceFnRunner(spec, context, output);
    }
    Coder<Object> keyCoder = kvCoder(input.coder()).getKeyCoder();
    StateTag<? extends GroupingState<Object, Object>> values = valuesTag(spec, input.coder());
    Output leaving = leaving(spec, context, output);
    String transform = spec.transform();
    if (gear == GroupingGear.MERGING) {
      return new MergingGrouping(transform, input, keyCoder, values, context, leaving);
    }
    if (gear == GroupingGear.PROCESSING_TIME) {
      return new ProcessingTimeGrouping(transform, input, keyCoder, values, context, leaving);
    }
    return GlobalWindowGrouping.handles(input.windowing())
        ? new GlobalWindowGrouping(transform, input, keyCoder, values, context, leaving)
        : new EndOfWindowGrouping(transform, input, keyCoder, values, context, leaving);
  }

  /** Groups that are read from state piece by piece must not leave the task as they are. */
  private static Output leaving(Operator spec, OperatorContext context, Output output) {
    return spec instanceof Operator.GroupByKey groupByKey
        ? new LargeGroupOutput(
            spec.transform(), kvCoder(groupByKey.input().coder()).getValueCoder(), context, output)
        : output;
  }

  /** The gear that takes everything, and that the others are held against. */
  static StreamOperator viaReduceFnRunner(Operator spec, OperatorContext context, Output output) {
    Collection input = spec.inputs().get(0);
    return new GroupingOperator(
        spec.transform(), input, grouping(spec), context, leaving(spec, context, output));
  }

  /** What is done with the values of one key in one window; null for groupings that need more. */
  @SuppressWarnings("unchecked")
  private static @Nullable Aggregation aggregation(Operator spec) {
    if (spec instanceof Operator.GroupByKey groupByKey) {
      return new CollectingAggregation(kvCoder(groupByKey.input().coder()).getValueCoder());
    }
    if (spec instanceof Operator.CombinePerKey combine
        && combine.combineFn() instanceof CombineFn<?, ?, ?> fn) {
      return new CombiningAggregation(
          taskOwn(fn, combine), (Coder<Object>) combine.accumulatorCoder());
    }
    return null;
  }

  /** The state that holds one key's values in one window. */
  @SuppressWarnings("unchecked")
  private static StateTag<? extends GroupingState<Object, Object>> valuesTag(
      Operator spec, Coder<?> inputCoder) {
    if (spec instanceof Operator.GroupByKey) {
      return (StateTag<? extends GroupingState<Object, Object>>)
          (StateTag<?>) StateTags.bag("values", kvCoder(inputCoder).getValueCoder());
    }
    if (spec instanceof Operator.CombinePerKey combine
        && combine.combineFn() instanceof CombineFn<?, ?, ?> fn) {
      return StateTags.combiningValue(
          "values", (Coder<Object>) combine.accumulatorCoder(), taskOwn(fn, combine));
    }
    throw new IllegalArgumentException("Expected a grouping of plain values, but found " + spec);
  }

  @SuppressWarnings("unchecked")
  private static CombineFn<Object, Object, Object> taskOwn(
      CombineFn<?, ?, ?> fn, Operator.CombinePerKey combine) {
    CombineFn<Object, Object, Object> own =
        (CombineFn<Object, Object, Object>) SerializableUtils.clone(fn);
    return combine.takesPartials() ? new CombineOfPartials(own) : own;
  }

  @SuppressWarnings("unchecked")
  private static KvCoder<Object, Object> kvCoder(Coder<?> coder) {
    return (KvCoder<Object, Object>) coder;
  }

  private static GroupingOperator.Grouping grouping(Operator spec) {
    Coder<?> inputCoder = spec.inputs().get(0).coder();
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
  static SystemReduceFn<Object, Object, ?, Object, BoundedWindow> buffering(
      Coder<Object> valueCoder) {
    return (SystemReduceFn) SystemReduceFn.<Object, Object, BoundedWindow>buffering(valueCoder);
  }

  @SuppressWarnings("unchecked")
  private static SystemReduceFn<Object, Object, ?, Object, BoundedWindow> combining(
      Operator.CombinePerKey combine, KvCoder<Object, Object> kvCoder) {
    GlobalCombineFn<Object, Object, Object> fn =
        combine.combineFn() instanceof CombineFn<?, ?, ?> plain
            ? taskOwn(plain, combine)
            : (GlobalCombineFn<Object, Object, Object>) combine.combineFn();
    AppliedCombineFn<Object, Object, Object, Object> applied =
        AppliedCombineFn.withAccumulatorCoder(fn, (Coder<Object>) combine.accumulatorCoder());
    return SystemReduceFn.combining(kvCoder.getKeyCoder(), applied);
  }
}
