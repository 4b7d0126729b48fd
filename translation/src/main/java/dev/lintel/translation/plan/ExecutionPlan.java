package dev.lintel.translation.plan;

import java.util.List;

/**
 * What a pipeline is turned into before anything runs: stages in topological order and the
 * exchanges between them. Immutable; its string form is for people.
 */
public record ExecutionPlan(List<Stage> stages, List<Exchange> exchanges) {
  public ExecutionPlan {
    stages = List.copyOf(stages);
    exchanges = List.copyOf(exchanges);
  }

  @Override
  public String toString() {
    return PlanPrinter.print(this);
  }
}
