package dev.lintel.validates.differential;

import dev.lintel.validates.differential.spec.Event;
import dev.lintel.validates.differential.spec.Op;
import dev.lintel.validates.differential.spec.PipelineRequest;
import dev.lintel.validates.differential.spec.PipelineSpec;
import dev.lintel.validates.differential.spec.PipelineSpec.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Makes a pipeline smaller as long as a difference stays: leaves out one step after the other, then
 * elements, many at once first.
 */
final class Shrinker {
  private static final int TRIES_MAX = 200;
  private static final long NANOS_MAX = 120_000_000_000L;

  private final Predicate<PipelineRequest> differs;
  private PipelineRequest smallest;
  private final long startNanos = System.nanoTime();
  private int tries;

  private Shrinker(PipelineRequest start, Predicate<PipelineRequest> differs) {
    this.smallest = start;
    this.differs = differs;
  }

  /** The smallest pipeline found that still differs. */
  static PipelineRequest shrink(PipelineRequest start, Predicate<PipelineRequest> differs) {
    Shrinker shrinker = new Shrinker(start, differs);
    PipelineRequest before;
    do {
      before = shrinker.smallest;
      shrinker.dropNodes();
      shrinker.dropEvents();
    } while (!before.equals(shrinker.smallest));
    return shrinker.smallest;
  }

  private void dropNodes() {
    List<Node> nodes = new ArrayList<>(pipeline().nodes());
    Collections.reverse(nodes);
    for (Node node : nodes) {
      tryIt(smallest.without(List.of(node.id()), List.of()));
    }
  }

  private void dropEvents() {
    List<Integer> left = events();
    for (int chunk = Math.max(1, left.size() / 2); chunk > 0 && !left.isEmpty(); chunk /= 2) {
      for (int from = 0; from < left.size(); from += chunk) {
        List<Integer> some = left.subList(from, Math.min(left.size(), from + chunk));
        tryIt(smallest.without(List.of(), some));
      }
      left = events();
    }
  }

  private List<Integer> events() {
    List<Integer> ids = new ArrayList<>();
    for (Node node : pipeline().nodes()) {
      if (node.op() instanceof Op.Source source) {
        source.events().map(Event::id).forEach(ids::add);
      }
    }
    return ids;
  }

  private PipelineSpec pipeline() {
    return smallest.pipeline().orElseThrow();
  }

  private void tryIt(PipelineRequest smaller) {
    Optional<PipelineSpec> pipeline = smaller.pipeline();
    boolean isSmaller = pipeline.isPresent() && !pipeline.get().equals(pipeline());
    if (isSmaller && mayTry() && differs.test(smaller)) {
      smallest = smaller;
    }
  }

  /** A pipeline that hangs takes minutes each time. */
  private boolean mayTry() {
    return tries++ < TRIES_MAX && System.nanoTime() - startNanos < NANOS_MAX;
  }
}
