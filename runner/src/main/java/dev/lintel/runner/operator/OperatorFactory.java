package dev.lintel.runner.operator;

import dev.lintel.translation.plan.Operator;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.UnboundedSource;

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
          read, context, output, () -> control.unboundedSplits(read), control.idleSplitMillis());
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
    if (spec instanceof Operator.PartialCombine partial) {
      return new PartialCombineOperator(partial, context, output);
    }
    if (spec instanceof Operator.Flatten || spec instanceof Operator.Redistribute) {
      return new ForwardOperator(output);
    }
    if (spec instanceof Operator.GatherView gather) {
      return GatheringOperators.operator(gather, context, output);
    }
    return GroupingOperators.operator(spec, context, output);
  }

  private static Output onlyOutput(Operator spec, Map<String, Output> outputs) {
    return outputs.getOrDefault(spec.outputs().get(0).id(), element -> {});
  }
}
