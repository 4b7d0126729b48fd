package dev.lintel.translation.plan;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.display.HasDisplayData;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;

/**
 * Writes a plan for people, as {@code --dryRun} shows it. The same pipeline gives the same text in
 * every process: nothing in it comes from an identity hash code.
 *
 * <pre>
 * plan: 2 stages, 1 exchange
 * stage 0 "ReadLines+Split" (parallel)
 *   0 BoundedRead "ReadLines/Read(CompressedSource)" of TextSource
 *     -> ReadLines/Read(CompressedSource).out: StringUtf8Coder, bounded, GlobalWindows
 *   1 ParDo "Split/ParMultiDo(Split)" of Split, from 0
 *     -> Split/ParMultiDo(Split).output: KvCoder(StringUtf8Coder,VarIntCoder), bounded, ...
 * stage 1 "Count" (parallel)
 *   ...
 * exchange 0: stage 0 -> stage 1, operator 0, BY_KEY: Split/ParMultiDo(Split).output
 * </pre>
 */
public final class PlanPrinter {
  private final ExecutionPlan plan;
  private final StringBuilder text = new StringBuilder();

  private PlanPrinter(ExecutionPlan plan) {
    this.plan = plan;
  }

  /** The plan as lines, the last one without a line break. */
  public static String print(ExecutionPlan plan) {
    PlanPrinter printer = new PlanPrinter(plan);
    printer.print();
    return printer.text.toString();
  }

  private void print() {
    text.append("plan: ").append(count(plan.stages().size(), "stage")).append(", ");
    text.append(count(plan.exchanges().size(), "exchange"));
    plan.stages().forEach(this::print);
    plan.exchanges().forEach(this::print);
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private void print(Stage stage) {
    text.append("\nstage ").append(stage.id()).append(" \"").append(stage.name()).append("\" (");
    text.append(stage.parallel() ? "parallel" : "one task").append(')');
    for (int i = 0; i < stage.operators().size(); i++) {
      print(stage, i);
    }
  }

  private void print(Stage stage, int index) {
    Operator operator = stage.operators().get(index);
    text.append("\n  ").append(index).append(' ').append(operator.getClass().getSimpleName());
    text.append(" \"").append(operator.transform()).append('"').append(details(operator));
    String producers =
        stage.edges().stream()
            .filter(each -> each.to() == index)
            .map(each -> String.valueOf(each.from()))
            .collect(Collectors.joining(", "));
    if (!producers.isEmpty()) {
      text.append(", from ").append(producers);
    }
    for (SideInput each : operator.sideInputs()) {
      text.append("\n    side input ").append(each.collection().name()).append(" as ");
      text.append(CoderNames.shortName(each.view().getViewFn().getClass()));
    }
    operator.outputs().forEach(this::print);
  }

  private static String details(Operator operator) {
    if (operator instanceof Operator.BoundedRead read) {
      return " of " + CoderNames.shortName(read.source().getClass());
    }
    if (operator instanceof Operator.UnboundedRead read) {
      return " of " + CoderNames.shortName(read.source().getClass());
    }
    if (operator instanceof Operator.ParDo parDo) {
      String fn = " of " + CoderNames.shortName(parDo.fn().getClass());
      return parDo.stateful() ? fn + ", stateful" : fn;
    }
    if (operator instanceof Operator.SplitRestrictions split) {
      return " of " + CoderNames.shortName(split.parDo().fn().getClass());
    }
    if (operator instanceof Operator.ProcessRestrictions process) {
      return " of " + CoderNames.shortName(process.parDo().fn().getClass());
    }
    if (operator instanceof Operator.CombinePerKey combine) {
      return " of "
          + CoderNames.shortName(combine.combineFn().getClass())
          + ", accumulators in "
          + CoderNames.of(combine.accumulatorCoder());
    }
    if (operator instanceof Operator.PartialCombine partial) {
      return " of " + CoderNames.shortName(partial.combineFn().getClass());
    }
    if (operator instanceof Operator.AssignWindows assign) {
      return " by " + windowFn(assign.windowFn());
    }
    return "";
  }

  private void print(Collection collection) {
    text.append("\n    -> ").append(collection.name()).append(": ");
    text.append(CoderNames.of(collection.coder()));
    text.append(collection.bounded() ? ", bounded, " : ", unbounded, ");
    text.append(windowing(collection.windowing()));
  }

  private void print(Exchange exchange) {
    text.append("\nexchange ").append(exchange.id()).append(": stage ");
    text.append(exchange.producer()).append(" -> stage ").append(exchange.consumer());
    text.append(", operator ").append(exchange.operator()).append(", ");
    text.append(exchange.partitioning());
    if (exchange.sideInput() != null) {
      text.append(" side input");
    }
    text.append(": ").append(exchange.collection().name());
  }

  /** The window function, and the rest only where it isn't what Beam starts with. */
  private static String windowing(WindowingStrategy<?, ?> windowing) {
    StringBuilder words = new StringBuilder(windowFn(windowing.getWindowFn()));
    if (!(windowing.getTrigger() instanceof DefaultTrigger)) {
      words.append(", trigger ").append(windowing.getTrigger());
    }
    if (windowing.getMode() != WindowingStrategy.AccumulationMode.DISCARDING_FIRED_PANES) {
      words.append(", accumulating");
    }
    if (windowing.getAllowedLateness().isLongerThan(Duration.ZERO)) {
      words.append(", lateness ").append(windowing.getAllowedLateness().getMillis()).append(" ms");
    }
    return words.toString();
  }

  /** With what the function says about itself, {@code FixedWindows(size: 60000 ms)}. */
  private static String windowFn(WindowFn<?, ?> windowFn) {
    String name = CoderNames.shortName(windowFn.getClass());
    List<String> items = displayItems(windowFn);
    return items.isEmpty() ? name : name + "(" + String.join(", ", items) + ")";
  }

  private static List<String> displayItems(HasDisplayData component) {
    return DisplayData.from(component).items().stream()
        .map(
            each ->
                each.getKey()
                    + ": "
                    + each.getValue()
                    + (each.getType() == DisplayData.Type.DURATION ? " ms" : ""))
        .sorted()
        .toList();
  }
}
