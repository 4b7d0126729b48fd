package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lintel.state.StateSelection;
import java.util.ArrayList;
import java.util.List;

/** What a checkpoint says of the plan that took it, in words. */
public final class KeptText {
  private KeptText() {}

  /**
   * A state or a timer of a transform.
   *
   * @param name as in the pipeline
   * @param kind what it is
   * @param coder of its values; empty for a timer
   */
  public record Line(String name, String kind, String coder) {}

  /** What kind of transform it is; empty if the checkpoint says nothing of it. */
  public static String kind(JsonNode plan, String transform) {
    return transform(plan, transform).path(KeptTransform.KIND).asText("");
  }

  /** Its states, then its timers. */
  public static List<Line> kept(JsonNode plan, String transform) {
    List<Line> lines = new ArrayList<>();
    JsonNode node = transform(plan, transform);
    node.path(KeptTransform.STATES)
        .fields()
        .forEachRemaining(
            each -> {
              JsonNode state = each.getValue();
              String value = CoderDescription.text(state.path(KeptTransform.VALUE));
              String key =
                  state.path(KeptTransform.KEY).isMissingNode() ? "" : coder(state) + " → ";
              lines.add(
                  new Line(
                      name(each.getKey()), state.path(KeptTransform.KIND).asText(), key + value));
            });
    node.path(KeptTransform.TIMERS)
        .fields()
        .forEachRemaining(
            each -> lines.add(new Line(each.getKey(), "timer, " + each.getValue().asText(), "")));
    return lines;
  }

  /** As the store has them, a letter before the name says whose state it is. */
  private static String name(String stored) {
    return stored.startsWith(StateSelection.userState(""))
            || stored.startsWith(StateSelection.systemState(""))
        ? stored.substring(1)
        : stored;
  }

  private static String coder(JsonNode state) {
    return CoderDescription.text(state.path(KeptTransform.KEY));
  }

  private static JsonNode transform(JsonNode plan, String transform) {
    return plan.path(PlanDescription.TRANSFORMS).path(transform);
  }
}
