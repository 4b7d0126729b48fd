package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * What one transform keeps in checkpoints.
 *
 * @param kind in words, for people too
 * @param properties that have to stay as they are
 * @param coders of what addresses state, or is kept outside of it: they have to stay as they are
 * @param states by their names in the store
 * @param timers the domain of each timer or timer family that is declared, by id
 */
record KeptTransform(
    String transform,
    String kind,
    Map<String, String> properties,
    Map<String, Coder<?>> coders,
    Map<String, KeptState> states,
    Map<String, String> timers) {
  static final String KIND = "kind";
  static final String PROPERTIES = "properties";
  static final String CODERS = "coders";
  static final String STATES = "states";
  static final String TIMERS = "timers";
  static final String KEY = "key";
  static final String VALUE = "value";

  /** Beginning to describe one. */
  static KeptTransform of(String transform, String kind) {
    return new KeptTransform(
        transform, kind, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  /**
   * One state of the transform.
   *
   * @param kind as the state module has it, or what else keeps it
   * @param key of the entries of a map
   */
  record KeptState(String kind, @Nullable Coder<?> key, Coder<?> value) {
    /** The kind of elements that wait, which are no cells. */
    static final String ELEMENTS = "elements that wait";

    private ObjectNode toJson() {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put(KIND, kind);
      if (key != null) {
        node.set(KEY, CoderDescription.of(key));
      }
      node.set(VALUE, CoderDescription.of(value));
      return node;
    }
  }

  boolean keepsNothing() {
    return properties.isEmpty() && coders.isEmpty() && states.isEmpty() && timers.isEmpty();
  }

  ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(KIND, kind);
    ObjectNode propertiesNode = node.putObject(PROPERTIES);
    properties.forEach(propertiesNode::put);
    ObjectNode codersNode = node.putObject(CODERS);
    coders.forEach((id, coder) -> codersNode.set(id, CoderDescription.of(coder)));
    ObjectNode statesNode = node.putObject(STATES);
    states.forEach((id, state) -> statesNode.set(id, state.toJson()));
    ObjectNode timersNode = node.putObject(TIMERS);
    timers.forEach(timersNode::put);
    return node;
  }
}
