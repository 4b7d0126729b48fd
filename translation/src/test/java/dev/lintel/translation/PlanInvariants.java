package dev.lintel.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Exchange;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.SideInput;
import dev.lintel.translation.plan.Stage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What holds for every plan, whatever the pipeline. */
final class PlanInvariants {
  private PlanInvariants() {}

  static void check(ExecutionPlan plan) {
    Map<String, Integer> producers = new HashMap<>();
    Set<String> transforms = new HashSet<>();
    for (Stage stage : plan.stages()) {
      assertThat(plan.stages().get(stage.id())).isSameAs(stage);
      for (Operator operator : stage.operators()) {
        assertThat(transforms.add(operator.transform())).as(operator.transform()).isTrue();
        for (Collection output : operator.outputs()) {
          assertThat(producers.put(output.id(), stage.id())).as(output.id()).isNull();
        }
      }
      stage.edges().forEach(each -> checkEdge(stage, each));
    }
    plan.exchanges().forEach(each -> checkExchange(plan, each, producers));
    for (Stage stage : plan.stages()) {
      for (int i = 0; i < stage.operators().size(); i++) {
        checkFed(plan, stage, i);
      }
    }
  }

  private static void checkEdge(Stage stage, Stage.FusedEdge edge) {
    assertThat(edge.from()).isLessThan(edge.to());
    assertThat(stage.operators().get(edge.from()).outputs()).contains(edge.collection());
    assertThat(stage.operators().get(edge.to()).inputs()).contains(edge.collection());
  }

  private static void checkExchange(
      ExecutionPlan plan, Exchange exchange, Map<String, Integer> producers) {
    assertThat(plan.exchanges().get(exchange.id())).isSameAs(exchange);
    assertThat(exchange.producer()).isLessThan(exchange.consumer());
    assertThat(producers.get(exchange.collection().id())).isEqualTo(exchange.producer());
  }

  /** Every input comes once, by an edge or an exchange, and every side input by an exchange. */
  private static void checkFed(ExecutionPlan plan, Stage stage, int index) {
    Operator operator = stage.operators().get(index);
    List<String> fed = new ArrayList<>();
    List<String> fedTags = new ArrayList<>();
    for (Stage.FusedEdge each : stage.edges()) {
      if (each.to() == index) {
        fed.add(each.collection().id());
      }
    }
    for (Exchange each : plan.exchanges()) {
      if (each.consumer() == stage.id() && each.operator() == index) {
        String tag = each.sideInput();
        (tag == null ? fed : fedTags).add(tag == null ? each.collection().id() : tag);
      }
    }
    List<String> wanted = new ArrayList<>(operator.inputs().stream().map(Collection::id).toList());
    List<String> wantedTags = new ArrayList<>();
    if (operator instanceof Operator.ParDo parDo) {
      wantedTags.addAll(parDo.sideInputs().stream().map(SideInput::tag).toList());
    }
    for (List<String> each : List.of(fed, fedTags, wanted, wantedTags)) {
      Collections.sort(each);
    }
    assertThat(fed).as(operator.transform()).isEqualTo(wanted);
    assertThat(fedTags).as(operator.transform()).isEqualTo(wantedTags);
  }
}
