package dev.lintel.validates.differential.spec;

import dev.lintel.validates.differential.spec.PipelineSpec.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A pipeline to run: that of a seed, or what is left of it without some steps and elements. As text
 * it is one line such as {@code 17 n3,n5 e2}.
 *
 * @param nodes ids of steps to leave out: whoever reads one reads its first input instead
 * @param events ids of elements to leave out
 */
public record PipelineRequest(long seed, TreeSet<Integer> nodes, TreeSet<Integer> events) {
  /** Ends each answer to a request. */
  public static final String END = ".";

  /** The whole pipeline of a seed. */
  public static PipelineRequest ofSeed(long seed) {
    return new PipelineRequest(seed, new TreeSet<>(), new TreeSet<>());
  }

  /** Reads what {@link #toString} wrote. */
  public static PipelineRequest parse(String text) {
    String[] words = text.strip().split(" ");
    PipelineRequest request = ofSeed(Long.parseLong(words[0]));
    Arrays.stream(words)
        .skip(1)
        .flatMap(word -> Arrays.stream(word.split(",")))
        .forEach(
            name ->
                (name.startsWith("n") ? request.nodes : request.events)
                    .add(Integer.parseInt(name.substring(1))));
    return request;
  }

  /** This pipeline without some more of its steps and elements. */
  public PipelineRequest without(List<Integer> moreNodes, List<Integer> moreEvents) {
    PipelineRequest less = new PipelineRequest(seed, new TreeSet<>(nodes), new TreeSet<>(events));
    less.nodes.addAll(moreNodes);
    less.events.addAll(moreEvents);
    return less;
  }

  /**
   * The pipeline, or nothing if what is left of it is no pipeline whose results are determined.
   *
   * <p>A source is only left out if nobody reads it.
   */
  public Optional<PipelineSpec> pipeline() {
    PipelineSpec whole = SpecGenerator.generate(seed);
    List<Node> kept = new ArrayList<>();
    Map<Integer, Integer> replaced = new HashMap<>();
    for (Node node : whole.nodes()) {
      List<Integer> inputs = node.inputs().stream().map(replaced::get).toList();
      if (nodes.contains(node.id()) && !inputs.isEmpty()) {
        replaced.put(node.id(), inputs.get(0));
      } else {
        replaced.put(node.id(), node.id());
        kept.add(new Node(node.id(), withoutEvents(node.op()), inputs));
      }
    }
    kept.removeIf(
        node ->
            nodes.contains(node.id())
                && kept.stream().noneMatch(reader -> reader.inputs().contains(node.id())));
    PipelineSpec rest = new PipelineSpec(whole.unitMillis(), kept);
    return kept.isEmpty() || Determinism.of(rest).isEmpty() ? Optional.empty() : Optional.of(rest);
  }

  private Op withoutEvents(Op op) {
    Predicate<Event> isKept = event -> !events.contains(event.id());
    if (op instanceof Op.Read read) {
      return new Op.Read(
          read.kind(),
          read.parts().stream().map(part -> part.stream().filter(isKept).toList()).toList());
    } else if (op instanceof Op.Script script) {
      List<ScriptStep> steps = new ArrayList<>();
      for (ScriptStep step : script.steps()) {
        steps.add(
            step instanceof ScriptStep.Add add
                ? new ScriptStep.Add(add.events().stream().filter(isKept).toList())
                : step);
      }
      return new Op.Script(steps);
    }
    return op;
  }

  @Override
  public String toString() {
    return seed + names(" n", nodes) + names(" e", events);
  }

  private static String names(String prefix, TreeSet<Integer> ids) {
    return ids.isEmpty()
        ? ""
        : ids.stream().map(id -> prefix.strip() + id).collect(Collectors.joining(",", " ", ""));
  }
}
