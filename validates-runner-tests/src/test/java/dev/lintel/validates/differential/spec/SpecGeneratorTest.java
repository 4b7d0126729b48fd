package dev.lintel.validates.differential.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.validates.differential.spec.PipelineSpec.Node;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpecGeneratorTest {
  private static final long SEEDS = 1_000;

  @Test
  void theSameSeedGivesTheSamePipeline() {
    for (long seed = 0; seed < 100; seed++) {
      assertThat(SpecGenerator.generate(seed)).isEqualTo(SpecGenerator.generate(seed));
    }
  }

  @Test
  void theResultsOfEveryPipelineAreDetermined() {
    for (long seed = 0; seed < SEEDS; seed++) {
      PipelineSpec pipeline = SpecGenerator.generate(seed);
      assertThat(Determinism.of(pipeline)).as("seed %d%n%s", seed, pipeline.print()).isPresent();
    }
  }

  /** A rule that is too strict would take a whole kind of step out without anybody seeing it. */
  @Test
  void everyKindOfStepIsInSomeOfThousandPipelines() {
    Map<Op.ElementwiseKind, Integer> elementwise = new EnumMap<>(Op.ElementwiseKind.class);
    Map<Op.GroupKind, Integer> groups = new EnumMap<>(Op.GroupKind.class);
    Map<Op.StatefulKind, Integer> stateful = new EnumMap<>(Op.StatefulKind.class);
    Map<Op.ViewKind, Integer> views = new EnumMap<>(Op.ViewKind.class);
    Map<Windowing.TriggerKind, Integer> triggers = new EnumMap<>(Windowing.TriggerKind.class);
    for (long seed = 0; seed < SEEDS; seed++) {
      for (Node node : SpecGenerator.generate(seed).nodes()) {
        if (node.op() instanceof Op.Elementwise step) {
          elementwise.merge(step.kind(), 1, Integer::sum);
        } else if (node.op() instanceof Op.Group group) {
          groups.merge(group.kind(), 1, Integer::sum);
        } else if (node.op() instanceof Op.Stateful step) {
          stateful.merge(step.kind(), 1, Integer::sum);
        } else if (node.op() instanceof Op.SideInput step) {
          views.merge(step.kind(), 1, Integer::sum);
        } else if (node.op() instanceof Op.Rewindow rewindow) {
          triggers.merge(rewindow.windowing().trigger().kind(), 1, Integer::sum);
        }
      }
    }

    assertThat(elementwise.keySet()).containsExactly(Op.ElementwiseKind.values());
    assertThat(groups.keySet()).containsExactly(Op.GroupKind.values());
    assertThat(stateful.keySet()).containsExactly(Op.StatefulKind.values());
    assertThat(views.keySet()).containsExactly(Op.ViewKind.values());
    assertThat(triggers.keySet()).containsExactly(Windowing.TriggerKind.values());
    assertThat(List.of(elementwise, groups, stateful, views))
        .allSatisfy(counts -> assertThat(counts.values()).allMatch(count -> count >= 10));
  }

  /** What needs an order of elements that few steps keep. */
  @Test
  void groupingsWithTriggersAndOfLateElementsAreAmongThem() {
    int triggered = 0;
    int late = 0;
    int latePanes = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      PipelineSpec pipeline = SpecGenerator.generate(seed);
      Map<Integer, Traits> traits = Determinism.of(pipeline).orElseThrow();
      for (Node node : pipeline.nodes()) {
        if (node.op() instanceof Op.Group) {
          Traits in = traits.get(node.inputs().get(0));
          triggered += in.windowing().trigger().isDefault() ? 0 : 1;
          late += in.late() ? 1 : 0;
          latePanes += in.late() && in.windowing().lateness() > 0 ? 1 : 0;
        }
      }
    }

    assertThat(List.of(triggered, late, latePanes)).allMatch(count -> count >= 50);
  }

  @Test
  void aRequestIsReadAsItWasWritten() {
    PipelineRequest request =
        PipelineRequest.ofSeed(17).without(List.of(3, 5), List.of()).without(List.of(), List.of(2));

    assertThat(request).hasToString("17 n3,n5 e2");
    assertThat(PipelineRequest.parse(request.toString())).isEqualTo(request);
    assertThat(PipelineRequest.parse("-4")).isEqualTo(PipelineRequest.ofSeed(-4));
  }
}
