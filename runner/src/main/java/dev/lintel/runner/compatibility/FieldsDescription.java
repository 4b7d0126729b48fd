package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * What the fields of an object hold, as JSON that is the same for equal objects in every process:
 * for coders that don't say themselves what they are. Not its Java-serialized form, which changes
 * with every method that is added to the class.
 *
 * <p>Transient fields are left out: what is written can't depend on what is not sent to workers. Of
 * what can't be told (a lambda, a class of the JDK that has no value), only the class counts.
 */
final class FieldsDescription {
  /** Deeper down only the class counts: this also ends cycles. */
  private static final int DEPTH_MAX = 5;

  private FieldsDescription() {}

  static ObjectNode of(Object object) {
    return fields(object, 0);
  }

  private static ObjectNode fields(Object object, int depth) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (Class<?> type = object.getClass();
        type != null && !isBeyond(type);
        type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())
            && !Modifier.isTransient(field.getModifiers())
            && !field.isSynthetic()) {
          put(node, field, object, depth);
        }
      }
    }
    return node;
  }

  private static boolean isBeyond(Class<?> type) {
    return type == Coder.class || type.getName().startsWith("java.");
  }

  private static void put(ObjectNode node, Field field, Object object, int depth) {
    try {
      field.setAccessible(true);
      node.set(field.getName(), value(field.get(object), depth + 1));
    } catch (IllegalAccessException | InaccessibleObjectException e) {
      // In a module that lets nobody look in: the class has to do.
      node.put(field.getName(), field.getType().getName());
    }
  }

  private static JsonNode value(@Nullable Object value, int depth) {
    if (value == null) {
      return JsonNodeFactory.instance.nullNode();
    }
    if (value instanceof Coder<?> coder) {
      return CoderDescription.of(coder);
    }
    if (value instanceof Schema schema) {
      return SchemaDescription.fields(schema);
    }
    if (value instanceof Number
        || value instanceof Boolean
        || value instanceof Character
        || value instanceof CharSequence
        || value instanceof TypeDescriptor<?>) {
      return TextNode.valueOf(value.toString());
    }
    if (value instanceof Enum<?> constant) {
      return TextNode.valueOf(constant.name());
    }
    if (value instanceof Class<?> type) {
      return TextNode.valueOf(type.getName());
    }
    return depth > DEPTH_MAX ? TextNode.valueOf(className(value)) : composite(value, depth);
  }

  private static JsonNode composite(Object value, int depth) {
    if (value instanceof Map<?, ?> map) {
      List<JsonNode> entries = new ArrayList<>();
      map.forEach(
          (key, each) ->
              entries.add(array(List.of(value(key, depth + 1), value(each, depth + 1)))));
      return array(sorted(entries));
    }
    if (value instanceof Collection<?> collection) {
      List<JsonNode> elements = collection.stream().map(each -> value(each, depth + 1)).toList();
      return array(value instanceof Set<?> ? sorted(elements) : elements);
    }
    if (value.getClass().isArray()) {
      List<JsonNode> elements = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        elements.add(value(Array.get(value, i), depth + 1));
      }
      return array(elements);
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("class", className(value));
    if (!value.getClass().isHidden() && !value.getClass().isSynthetic()) {
      node.setAll(fields(value, depth));
    }
    return node;
  }

  /** The name of a lambda's class is another one in each process. */
  private static String className(Object value) {
    Class<?> type = value.getClass();
    return type.isHidden() || type.isSynthetic() ? "lambda" : type.getName();
  }

  private static List<JsonNode> sorted(List<JsonNode> nodes) {
    return nodes.stream().sorted(Comparator.comparing(JsonNode::toString)).toList();
  }

  private static ArrayNode array(List<JsonNode> nodes) {
    return JsonNodeFactory.instance.arrayNode().addAll(nodes);
  }
}
