package dev.lintel.validates.differential.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A whole pipeline as plain data. The collections that no step reads are its results.
 *
 * @param unitMillis the unit of all times and durations in it
 * @param nodes each after those that it reads
 */
public record PipelineSpec(long unitMillis, List<Node> nodes) {

  /**
   * A step and what it reads.
   *
   * @param id of the collection that it makes
   * @param inputs ids of the collections that it reads; the same one may stand there twice
   */
  public record Node(int id, Op op, List<Integer> inputs) {
    public String name() {
      return "n" + id;
    }

    @Override
    public String toString() {
      String from =
          inputs.isEmpty()
              ? ""
              : inputs.stream().map(i -> "n" + i).collect(Collectors.joining(", ", " of ", ""));
      return name() + " = " + op + from;
    }
  }

  /** The nodes that nobody reads. */
  public List<Node> leaves() {
    List<Node> leaves = new ArrayList<>();
    for (Node node : nodes) {
      if (nodes.stream().noneMatch(reader -> reader.inputs.contains(node.id))) {
        leaves.add(node);
      }
    }
    return leaves;
  }

  /** The pipeline as a person reads it: a line for each step. */
  public String print() {
    return nodes.stream()
        .map(node -> "  " + node)
        .collect(Collectors.joining("\n", "  unit = " + unitMillis + " ms\n", "\n"));
  }
}
