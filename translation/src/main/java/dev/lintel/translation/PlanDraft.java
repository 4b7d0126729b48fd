package dev.lintel.translation;

import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Exchange;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Partitioning;
import dev.lintel.translation.plan.Stage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A plan while operators are still put into it: stages that grow, and no ids yet. */
final class PlanDraft {
  /** Where an operator stands. */
  record Place(StageDraft stage, int index) {
    Operator operator() {
      return stage.operators.get(index);
    }
  }

  /** A stage that grows. Two of them are never equal. */
  static final class StageDraft {
    private final List<Operator> operators = new ArrayList<>();
    private final List<Stage.FusedEdge> edges = new ArrayList<>();

    /** The stages that elements come from, side inputs among them. */
    private final Set<StageDraft> upstream = new HashSet<>();

    /** Its place in the built plan; unknown until then. */
    private int id = -1;

    /** One Impulse must be one element, and a TestStream is a script that has one reader. */
    boolean isParallel() {
      return operators.stream()
          .noneMatch(
              each -> each instanceof Operator.Impulse || each instanceof Operator.TestStreamRead);
    }
  }

  private record ExchangeDraft(
      Collection collection,
      StageDraft producer,
      Place consumer,
      @Nullable String sideInput,
      Partitioning partitioning) {}

  private final List<StageDraft> stages = new ArrayList<>();
  private final List<ExchangeDraft> exchanges = new ArrayList<>();

  Place begin(Operator operator) {
    StageDraft stage = new StageDraft();
    stages.add(stage);
    return join(stage, operator);
  }

  Place join(StageDraft stage, Operator operator) {
    stage.operators.add(operator);
    return new Place(stage, stage.operators.size() - 1);
  }

  void fuse(Collection collection, Place from, Place to) {
    to.stage().edges.add(new Stage.FusedEdge(collection, from.index(), to.index()));
  }

  void exchange(Collection collection, Place from, Place to, Partitioning partitioning) {
    add(new ExchangeDraft(collection, from.stage(), to, null, partitioning));
  }

  void broadcast(Collection gathered, Place from, Place to, String tag) {
    add(new ExchangeDraft(gathered, from.stage(), to, tag, Partitioning.BROADCAST));
  }

  private void add(ExchangeDraft exchange) {
    exchanges.add(exchange);
    exchange.consumer().stage().upstream.add(exchange.producer());
  }

  /** Whether {@code stage} is {@code other} or waits for it, however many stages lie between. */
  boolean dependsOn(StageDraft stage, StageDraft other) {
    Set<StageDraft> seen = new HashSet<>();
    Deque<StageDraft> open = new ArrayDeque<>(List.of(stage));
    while (!open.isEmpty()) {
      StageDraft next = open.pop();
      if (next == other) {
        return true;
      }
      if (seen.add(next)) {
        open.addAll(next.upstream);
      }
    }
    return false;
  }

  ExecutionPlan build() {
    List<Stage> built = new ArrayList<>(stages.size());
    for (StageDraft each : topologicalOrder()) {
      each.id = built.size();
      built.add(
          new Stage(
              each.id,
              StageNames.of(each.operators),
              each.operators,
              each.edges,
              each.isParallel()));
    }
    return new ExecutionPlan(built, numberedExchanges());
  }

  /**
   * Stages in the order in which they began, but each after its upstream: a stage that began early
   * can have got a side input from a later one.
   */
  private List<StageDraft> topologicalOrder() {
    List<StageDraft> ordered = new ArrayList<>(stages.size());
    Set<StageDraft> placed = new HashSet<>();
    while (ordered.size() < stages.size()) {
      StageDraft next =
          stages.stream()
              .filter(each -> !placed.contains(each) && placed.containsAll(each.upstream))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "Expected stages without a circle, but found one among "
                              + stages.stream()
                                  .filter(each -> !placed.contains(each))
                                  .map(each -> StageNames.of(each.operators))
                                  .toList()));
      placed.add(next);
      ordered.add(next);
    }
    return ordered;
  }

  private List<Exchange> numberedExchanges() {
    List<ExchangeDraft> ordered = new ArrayList<>(exchanges);
    // Stable: what goes to one operator stays in the order of its inputs.
    ordered.sort(
        Comparator.<ExchangeDraft>comparingInt(each -> each.consumer().stage().id)
            .thenComparingInt(each -> each.consumer().index()));
    List<Exchange> built = new ArrayList<>(ordered.size());
    for (ExchangeDraft each : ordered) {
      built.add(
          new Exchange(
              built.size(),
              each.collection(),
              each.producer().id,
              each.consumer().stage().id,
              each.consumer().index(),
              each.sideInput(),
              each.partitioning()));
    }
    return built;
  }
}
