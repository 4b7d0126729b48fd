package dev.lintel.translation;

import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Partitioning;
import dev.lintel.translation.plan.SideInput;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Operators → stages. One pass over the operators in topological order: each joins the stage that
 * produces its input if it may, and begins a stage of its own if it may not.
 *
 * <p>An operator begins a stage when
 *
 * <ol>
 *   <li>it has no input (a root);
 *   <li>its elements have to come in a certain way: by key (GroupByKey, CombinePerKey, a stateful
 *       ParDo, Redistribute by key), to one slot (GatherView), in turn (Redistribute);
 *   <li>it is a Flatten whose inputs come from several stages;
 *   <li>joining would close a circle: one of its side inputs depends on the stage.
 * </ol>
 *
 * <p>The exchange to a stage that begins by rule 3 or 4 is FORWARD, unless the producer has a
 * single task and the consumer has not: then it is REBALANCE, or one slot would do all the work.
 *
 * <p><b>Worked examples</b> ({@code →} is an element's way inside a stage, {@code ⇒} an exchange):
 *
 * <pre>
 * Read, ParDo A, GroupByKey, ParDo B      [Read → A] ⇒BY_KEY [GroupByKey → B]
 *
 * A reads P and is the side input of B;   [P → A] ⇒TO_ONE [GatherView] ⇒BROADCAST B
 * B reads P too.                          [P → A] ⇒FORWARD [B]
 *
 *   B may not join [P → A]: this stage would wait for the GatherView, which waits for this stage.
 *
 * S is the side input of B, B reads P     [S] ⇒TO_ONE [GatherView] ⇒BROADCAST B
 * and S does not.                         [P → B]
 *
 *   B joins, and from now on [P → B] depends on [S]. If an operator C that reads S wants something
 *   of P or B as its side input, then C may not join [S]: that's why the dependencies are looked up
 *   when an operator is placed, not before.
 *
 * Flatten of A and B, both in one stage   [P → A → Flatten, P → B → Flatten]
 * Flatten of A and B in two stages        [A] ⇒FORWARD [Flatten], [B] ⇒FORWARD [Flatten]
 * Flatten of A and A                      [A → Flatten], with two edges: each element goes twice
 * </pre>
 *
 * <p><b>Invariants:</b> the stages form no circle, ever, for an operator that joins a stage adds to
 * it only dependencies that don't lead back to it, and a stage that begins depends on older ones
 * only. Inside a stage an operator stands after the ones that it reads from.
 */
final class StageFuser {
  private final PlanDraft draft = new PlanDraft();

  /** Where each collection is made, by its id. */
  private final Map<String, PlanDraft.Place> producers = new HashMap<>();

  private StageFuser() {}

  static ExecutionPlan fuse(List<Step> steps) {
    StageFuser fuser = new StageFuser();
    for (Step step : steps) {
      fuser.place(step);
    }
    return fuser.draft.build();
  }

  private void place(Step step) {
    Operator operator = step.operator();
    PlanDraft.Place place;
    if (mayJoin(step)) {
      place = draft.join(producer(operator.inputs().get(0)).stage(), operator);
      for (Collection input : operator.inputs()) {
        draft.fuse(input, producer(input), place);
      }
    } else {
      place = draft.begin(operator);
      for (Collection input : operator.inputs()) {
        draft.exchange(input, producer(input), place, partitioning(step, input));
      }
    }
    for (SideInput each : operator.sideInputs()) {
      Collection gathered = gathered(each);
      draft.broadcast(gathered, producer(gathered), place, each.tag());
    }
    for (Collection output : operator.outputs()) {
      producers.put(output.id(), place);
    }
  }

  private boolean mayJoin(Step step) {
    Operator operator = step.operator();
    if (step.partitioning() != null || operator.inputs().isEmpty()) {
      return false;
    }
    Set<PlanDraft.StageDraft> stages = new HashSet<>();
    for (Collection input : operator.inputs()) {
      stages.add(producer(input).stage());
    }
    if (stages.size() > 1) {
      return false;
    }
    PlanDraft.StageDraft stage = stages.iterator().next();
    for (SideInput each : operator.sideInputs()) {
      if (draft.dependsOn(producer(gathered(each)).stage(), stage)) {
        return false;
      }
    }
    return true;
  }

  private Partitioning partitioning(Step step, Collection input) {
    Partitioning wanted = step.partitioning();
    if (wanted != null) {
      return wanted;
    }
    return producer(input).stage().isParallel() ? Partitioning.FORWARD : Partitioning.REBALANCE;
  }

  private PlanDraft.Place producer(Collection collection) {
    PlanDraft.Place place = producers.get(collection.id());
    if (place == null) {
      throw new IllegalStateException(
          "Expected an earlier operator to produce \"%s\", but none does"
              .formatted(collection.name()));
    }
    return place;
  }

  private Collection gathered(SideInput sideInput) {
    PlanDraft.Place place = producers.get(OperatorTranslator.gatheredId(sideInput));
    if (place == null) {
      throw new IllegalStateException(
          "Expected a GatherView of \"%s\" before the ParDo that reads it, but there is none"
              .formatted(sideInput.collection().name()));
    }
    return place.operator().outputs().get(0);
  }
}
