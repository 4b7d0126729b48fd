package dev.lintel.translation;

import dev.lintel.translation.plan.Exchange;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Stage;
import java.util.List;

/** What the tests ask of a plan. */
final class PlanQueries {
  private final ExecutionPlan plan;

  PlanQueries(ExecutionPlan plan) {
    this.plan = plan;
  }

  /** The stage whose operators include a transform that starts with {@code prefix}. */
  Stage stageOf(String prefix) {
    return plan.stages().stream()
        .filter(each -> indexOf(each, prefix) >= 0)
        .findFirst()
        .orElseThrow(() -> new AssertionError("Expected " + prefix + " in the plan:\n" + plan));
  }

  /** The first operator whose transform starts with {@code prefix} and that has this type. */
  <T extends Operator> T operator(String prefix, Class<T> type) {
    return plan.stages().stream()
        .flatMap(each -> each.operators().stream())
        .filter(type::isInstance)
        .map(type::cast)
        .filter(each -> each.transform().startsWith(prefix))
        .findFirst()
        .orElseThrow(
            () ->
                new AssertionError(
                    "Expected a "
                        + type.getSimpleName()
                        + " "
                        + prefix
                        + " in the plan:\n"
                        + plan));
  }

  <T extends Operator> List<T> all(Class<T> type) {
    return plan.stages().stream()
        .flatMap(each -> each.operators().stream())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /** The exchanges into the first operator whose transform starts with {@code prefix}. */
  List<Exchange> exchangesTo(String prefix) {
    Stage stage = stageOf(prefix);
    int index = indexOf(stage, prefix);
    return plan.exchanges().stream()
        .filter(each -> each.consumer() == stage.id() && each.operator() == index)
        .toList();
  }

  /** The exchanges into an operator of the plan. */
  List<Exchange> exchangesInto(Operator operator) {
    return plan.exchanges().stream()
        .filter(
            each -> plan.stages().get(each.consumer()).operators().get(each.operator()) == operator)
        .toList();
  }

  List<String> transforms(Stage stage) {
    return stage.operators().stream().map(Operator::transform).toList();
  }

  private static int indexOf(Stage stage, String prefix) {
    for (int i = 0; i < stage.operators().size(); i++) {
      if (stage.operators().get(i).transform().startsWith(prefix)) {
        return i;
      }
    }
    return -1;
  }
}
