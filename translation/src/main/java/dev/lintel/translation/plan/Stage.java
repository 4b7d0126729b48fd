package dev.lintel.translation.plan;

import java.util.List;

/**
 * Beam transforms fused into one unit with no exchange inside.
 *
 * @param id index in {@link ExecutionPlan#stages()}
 * @param name short and readable, made of the user's transform names
 * @param operators in topological order
 * @param edges the hand-overs inside the stage
 * @param parallel false: the stage has one task, in slot 0 (Impulse, TestStream)
 */
public record Stage(
    int id, String name, List<Operator> operators, List<FusedEdge> edges, boolean parallel) {
  public Stage {
    operators = List.copyOf(operators);
    edges = List.copyOf(edges);
  }

  /**
   * Elements of {@code collection} go from one operator to another by a method call.
   *
   * @param from index of the producing operator in {@link #operators()}
   * @param to index of the consuming one
   */
  public record FusedEdge(Collection collection, int from, int to) {}
}
