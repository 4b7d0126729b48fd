package dev.lintel.translation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/**
 * A pipeline's transforms as far down as Lintel needs them: its native transforms, whatever they
 * expand into left out, and the parts of everything else. They stand in topological order; among
 * transforms that don't depend on each other the user's order is kept, so that one pipeline gives
 * one plan.
 */
final class TransformGraph {
  /** The URN of a combine function that was written in Java, which Beam keeps to itself. */
  private static final String JAVA_COMBINE_FN_URN = "beam:combinefn:javasdk:v1";

  /** A native transform of the pipeline. */
  record Leaf(NativeTransform kind, RunnerApi.PTransform proto) {
    String name() {
      return proto.getUniqueName();
    }
  }

  private final RunnerApi.Components components;
  private final Problems problems;
  private final List<Leaf> inUserOrder = new ArrayList<>();

  private TransformGraph(RunnerApi.Components components, Problems problems) {
    this.components = components;
    this.problems = problems;
  }

  /** The leaves in topological order; what is no leaf and has no parts is reported as a problem. */
  static List<Leaf> leaves(RunnerApi.Pipeline pipeline, Problems problems) throws IOException {
    TransformGraph graph = new TransformGraph(pipeline.getComponents(), problems);
    for (String root : pipeline.getRootTransformIdsList()) {
      graph.visit(root);
    }
    return topologicalOrder(graph.inUserOrder);
  }

  private void visit(String id) throws IOException {
    RunnerApi.PTransform transform = components.getTransformsOrThrow(id);
    NativeTransform kind = NativeTransform.byUrn(transform.getSpec().getUrn());
    if (kind != null && isUsable(kind, transform)) {
      inUserOrder.add(new Leaf(kind, transform));
    } else if (transform.getSubtransformsCount() > 0) {
      for (String part : transform.getSubtransformsList()) {
        visit(part);
      }
    } else if (producesSomething(transform)) {
      reportUnknown(transform);
    }
  }

  /** A combine function of another language is used by its expansion only. */
  private static boolean isUsable(NativeTransform kind, RunnerApi.PTransform transform)
      throws IOException {
    if (kind != NativeTransform.COMBINE_PER_KEY) {
      return true;
    }
    RunnerApi.CombinePayload payload =
        RunnerApi.CombinePayload.parseFrom(transform.getSpec().getPayload());
    return transform.getInputsCount() == 1
        && payload.getCombineFn().getUrn().equals(JAVA_COMBINE_FN_URN);
  }

  /**
   * False for a composite that hands its input through, and for a view of a collection, which is
   * gathered where it is read: there is nothing to run.
   */
  @SuppressWarnings("deprecation") // Beam takes views out of the proto, but not if that fails.
  private static boolean producesSomething(RunnerApi.PTransform transform) {
    if (transform.getSpec().getUrn().equals(PTransformTranslation.CREATE_VIEW_TRANSFORM_URN)) {
      return false;
    }
    return !transform.getInputsMap().values().containsAll(transform.getOutputsMap().values())
        || (!transform.getSpec().getUrn().isEmpty() && transform.getOutputsCount() == 0);
  }

  private void reportUnknown(RunnerApi.PTransform transform) {
    String urn = transform.getSpec().getUrn();
    problems.add(
        transform.getUniqueName(),
        urn.isEmpty()
            ? "Expected a transform that is made of others, but it is a primitive of its own."
            : "Expected a transform that Lintel knows, but its URN is " + urn + ".",
        "Write it as a composite of ParDo, GroupByKey, Combine and Read, in Java.");
  }

  private static List<Leaf> topologicalOrder(List<Leaf> leaves) {
    Map<String, Integer> producers = new HashMap<>();
    for (int i = 0; i < leaves.size(); i++) {
      for (String output : leaves.get(i).proto().getOutputsMap().values()) {
        producers.put(output, i);
      }
    }
    int[] missing = new int[leaves.size()];
    Map<Integer, List<Integer>> consumers = new LinkedHashMap<>();
    for (int i = 0; i < leaves.size(); i++) {
      for (String input : leaves.get(i).proto().getInputsMap().values()) {
        Integer producer = producers.get(input);
        // No producer: it has been reported as an unknown transform.
        if (producer != null) {
          consumers.computeIfAbsent(producer, unused -> new ArrayList<>()).add(i);
          missing[i]++;
        }
      }
    }
    return inOrder(leaves, missing, consumers);
  }

  private static List<Leaf> inOrder(
      List<Leaf> leaves, int[] missing, Map<Integer, List<Integer>> consumers) {
    TreeSet<Integer> ready = new TreeSet<>();
    for (int i = 0; i < missing.length; i++) {
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<Leaf> ordered = new ArrayList<>(leaves.size());
    while (!ready.isEmpty()) {
      int next = ready.first();
      ready.remove(next);
      ordered.add(leaves.get(next));
      for (int consumer : consumers.getOrDefault(next, List.of())) {
        if (--missing[consumer] == 0) {
          ready.add(consumer);
        }
      }
    }
    if (ordered.size() != leaves.size()) {
      throw new IllegalStateException(
          "Expected a pipeline without cycles, but only %d of its %d transforms can be ordered"
              .formatted(ordered.size(), leaves.size()));
    }
    return ordered;
  }
}
