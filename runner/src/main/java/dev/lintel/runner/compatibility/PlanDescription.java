package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.translation.plan.Exchange;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;

/**
 * What a plan keeps in checkpoints, as the JSON that a checkpoint carries:
 *
 * <pre>
 * {"transforms": {name: {"kind", "properties", "coders", "states", "timers"}},
 *  "inputs": {"transform < collection": coder}}
 * </pre>
 *
 * <p>The inputs are those over which elements may have been on their way. Names are part of the
 * format: a later version that describes more must take what is missing for unknown, not for
 * changed.
 */
public final class PlanDescription {
  static final String TRANSFORMS = "transforms";
  static final String INPUTS = "inputs";

  private PlanDescription() {}

  /**
   * @param gears how its groupings keep what they have
   */
  public static JsonNode of(ExecutionPlan plan, KeptGears gears) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ObjectNode transforms = node.putObject(TRANSFORMS);
    KeptTransforms.of(plan, gears).forEach((name, kept) -> transforms.set(name, kept.toJson()));
    ObjectNode inputs = node.putObject(INPUTS);
    inputs(plan).forEach((name, coder) -> inputs.set(name, CoderDescription.of(coder)));
    return node;
  }

  /** The coders of elements between stages, by the names that tasks give to their main inputs. */
  static Map<String, Coder<?>> inputs(ExecutionPlan plan) {
    Map<String, Coder<?>> inputs = new TreeMap<>();
    for (Exchange each : plan.exchanges()) {
      if (each.sideInput() == null) {
        Operator consumer = plan.stages().get(each.consumer()).operators().get(each.operator());
        inputs.put(
            consumer.transform() + " < " + each.collection().name(),
            KeptTransforms.elementCoder(each.collection()));
      }
    }
    return inputs;
  }
}
