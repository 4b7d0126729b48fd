package dev.lintel.runner.operator;

import dev.lintel.translation.plan.Operator;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.values.WindowingStrategy;

/** How a grouping keeps its durable state: which operator does it, where checkpoints are taken. */
public enum GroupingGear {
  /**
   * {@link EndOfWindowGrouping}: values straight in state, and an index of keys by window; or
   * {@link GlobalWindowGrouping}, which needs no index.
   */
  END_OF_WINDOW("by window", "values", false),

  /** {@link ProcessingTimeGrouping}: the same, with a second index of the panes to come. */
  PROCESSING_TIME("by processing time", "values", false),

  /** {@link MergingGrouping}: the windows of a key in one cell, and what is in them beside it. */
  MERGING("by merging windows", "values", false),

  /** {@link GroupingOperator}: as Beam's {@code ReduceFnRunner} does it. */
  REDUCE("by trigger", "buf", true);

  /** What checkpoints call it: part of their format. */
  public final String keptName;

  /** The id of the state that has the values or accumulators. */
  public final String valuesId;

  /** Whether that state is one of Beam's own. */
  public final boolean system;

  GroupingGear(String keptName, String valuesId, boolean system) {
    this.keptName = keptName;
    this.valuesId = valuesId;
    this.system = system;
  }

  /** The cheapest gear of a GroupByKey, a CombinePerKey or a GatherView. */
  static GroupingGear of(Operator spec) {
    boolean plain =
        spec instanceof Operator.GroupByKey
            || (spec instanceof Operator.CombinePerKey combine
                && combine.combineFn() instanceof CombineFn<?, ?, ?>);
    WindowingStrategy<?, ?> windowing = spec.inputs().get(0).windowing();
    if (plain && EndOfWindowGrouping.handles(windowing)) {
      return END_OF_WINDOW;
    }
    if (plain && ProcessingTimeGrouping.handles(windowing)) {
      return PROCESSING_TIME;
    }
    return plain && MergingGrouping.handles(windowing) ? MERGING : REDUCE;
  }
}
