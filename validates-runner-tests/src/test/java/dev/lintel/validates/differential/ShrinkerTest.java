package dev.lintel.validates.differential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.validates.differential.spec.Event;
import dev.lintel.validates.differential.spec.Op;
import dev.lintel.validates.differential.spec.PipelineRequest;
import dev.lintel.validates.differential.spec.PipelineSpec;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ShrinkerTest {

  @Test
  void leavesTheStepThatMakesTheDifferenceAndLittleElse() {
    int shrunk = 0;
    for (long seed = 1; seed <= 100; seed++) {
      PipelineRequest whole = PipelineRequest.ofSeed(seed);
      Predicate<PipelineRequest> hasGroup =
          request -> count(request.pipeline().orElseThrow(), Op.Group.class) > 0;
      if (hasGroup.test(whole)) {
        PipelineSpec smallest = Shrinker.shrink(whole, hasGroup).pipeline().orElseThrow();

        assertThat(count(smallest, Op.Group.class)).as("seed " + seed).isEqualTo(1);
        assertThat(count(smallest, Op.Source.class)).as("seed " + seed).isEqualTo(1);
        assertThat(events(smallest)).as("seed " + seed).isEmpty();
        shrunk++;
      }
    }
    assertThat(shrunk).isGreaterThan(30);
  }

  @Test
  void keepsTheElementsThatMakeTheDifference() {
    PipelineRequest whole = PipelineRequest.ofSeed(1);
    List<Event> all = events(whole.pipeline().orElseThrow());
    List<Integer> needed = List.of(all.get(0).id(), all.get(all.size() - 1).id());

    PipelineRequest smallest =
        Shrinker.shrink(
            whole,
            request ->
                events(request.pipeline().orElseThrow()).stream()
                    .map(Event::id)
                    .toList()
                    .containsAll(needed));

    assertThat(events(smallest.pipeline().orElseThrow()))
        .extracting(Event::id)
        .containsExactlyElementsOf(needed);
  }

  private static long count(PipelineSpec pipeline, Class<?> kind) {
    return pipeline.nodes().stream().filter(node -> kind.isInstance(node.op())).count();
  }

  private static List<Event> events(PipelineSpec pipeline) {
    return pipeline.nodes().stream()
        .filter(node -> node.op() instanceof Op.Source)
        .flatMap(node -> ((Op.Source) node.op()).events())
        .toList();
  }
}
