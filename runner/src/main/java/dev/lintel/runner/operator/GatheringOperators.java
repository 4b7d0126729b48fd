package dev.lintel.runner.operator;

import dev.lintel.runner.sideinput.PaneStore;
import dev.lintel.translation.plan.Operator.GatherView;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VoidCoder;

/**
 * Chooses the operator that gathers a side input: without checkpoints the one without state, where
 * it can, and otherwise
 * {@link GroupingOperator}, which takes every windowing and trigger, with a pane made of each of
 * its firings.
 */
final class GatheringOperators {
  private GatheringOperators() {}

  static StreamOperator operator(GatherView spec, OperatorContext context, Output output) {
    String idPrefix = context.place().lifeId() + "-" + spec.output().id() + "-";
    PaneStore panes = new PaneStore(spec, context.spill(), idPrefix);
    if (!context.checkpointed() && EndOfWindowGathering.handles(spec.input())) {
      return new EndOfWindowGathering(spec, panes, context, output);
    }
    // What a firing holds is state, which only this thread may read and only now.
    Output paneOutput =
        firing -> output.emit(firing.withValue(panes.paneOf((Iterable<?>) firing.getValue())));
    return new GroupingOperator(
        spec.transform(), spec.input(), grouping(spec), context, paneOutput);
  }

  @SuppressWarnings("unchecked")
  private static GroupingOperator.Grouping grouping(GatherView spec) {
    return new GroupingOperator.Grouping(
        VoidCoder.of(), GroupingOperators.buffering((Coder<Object>) spec.input().coder()), false);
  }
}
