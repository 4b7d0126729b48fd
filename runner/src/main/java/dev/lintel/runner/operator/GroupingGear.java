package dev.lintel.runner.operator;

import dev.lintel.translation.plan.Operator;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/** How a grouping keeps its durable state: which operator does it, where checkpoints are taken. */
public enum GroupingGear {
  /** {@link EndOfWindowGrouping}: values straight in state, and an index of keys by window. */
  END_OF_WINDOW("values", false),

  /** {@link GroupingOperator}: as Beam's {@code ReduceFnRunner} does it. */
  REDUCE("buf", true);

  /** The id of the state that has the values or accumulators. */
  public final String valuesId;

  /** Whether that state is one of Beam's own. */
  public final boolean system;

  GroupingGear(String valuesId, boolean system) {
    this.valuesId = valuesId;
    this.system = system;
  }

  /** The gear of a GroupByKey, a CombinePerKey or a GatherView. */
  public static GroupingGear of(Operator spec) {
    boolean plain =
        spec instanceof Operator.GroupByKey
            || (spec instanceof Operator.CombinePerKey combine
                && combine.combineFn() instanceof CombineFn<?, ?, ?>);
    return plain && EndOfWindowGrouping.handles(spec.inputs().get(0).windowing())
        ? END_OF_WINDOW
        : REDUCE;
  }
}
