package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.beam.model.pipeline.v1.SchemaApi;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.Schema.LogicalType;
import org.apache.beam.sdk.schemas.SchemaTranslation;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * A schema as JSON: its fields, by which schemas are compared, and Beam's own portable form, from
 * which it is built again. Neither has the schema's id, which is different in every process.
 *
 * <pre>
 * field = {"name": "age", "type": "INT32", "nullable": true, "of"|"key"|"fields"|"logical": ...}
 * </pre>
 */
final class SchemaDescription {
  static final String NAME = "name";
  static final String TYPE = "type";
  static final String NULLABLE = "nullable";
  static final String FIELDS = "fields";
  static final String ELEMENT = "of";
  static final String KEY = "key";
  static final String LOGICAL = "logical";
  static final String ARGUMENT = "argument";
  private static final String POSITION = "position";

  private SchemaDescription() {}

  static ArrayNode fields(Schema schema) {
    ArrayNode fields = JsonNodeFactory.instance.arrayNode();
    for (Schema.Field field : schema.getFields()) {
      ObjectNode node = fields.addObject();
      node.put(NAME, field.getName());
      describe(field.getType(), node);
      if (schema.isEncodingPositionsOverridden()) {
        node.put(POSITION, schema.getEncodingPositions().get(field.getName()));
      }
    }
    return fields;
  }

  private static ObjectNode type(FieldType type) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    describe(type, node);
    return node;
  }

  private static void describe(FieldType type, ObjectNode node) {
    node.put(TYPE, type.getTypeName().name());
    if (Boolean.TRUE.equals(type.getNullable())) {
      node.put(NULLABLE, true);
    }
    Schema rowSchema = type.getRowSchema();
    if (rowSchema != null) {
      node.set(FIELDS, fields(rowSchema));
    }
    FieldType elementType = type.getCollectionElementType();
    if (elementType != null) {
      node.set(ELEMENT, type(elementType));
    }
    FieldType keyType = type.getMapKeyType();
    FieldType valueType = type.getMapValueType();
    if (keyType != null && valueType != null) {
      node.set(KEY, type(keyType));
      node.set(ELEMENT, type(valueType));
    }
    LogicalType<?, ?> logical = type.getLogicalType();
    if (logical != null) {
      node.put(LOGICAL, logical.getIdentifier());
      node.set(ELEMENT, type(logical.getBaseType()));
      String argument = argument(logical.getArgument());
      if (argument != null) {
        node.put(ARGUMENT, argument);
      }
    }
  }

  /** Null for what has no form that is the same in every process. */
  private static @Nullable String argument(@Nullable Object argument) {
    if (argument instanceof Schema schema) {
      return fields(schema).toString();
    }
    if (argument instanceof Map<?, ?> map) {
      Map<String, String> sorted = new TreeMap<>();
      map.forEach((key, value) -> sorted.put(String.valueOf(key), String.valueOf(value)));
      return sorted.toString();
    }
    boolean hasText =
        argument instanceof Number
            || argument instanceof Boolean
            || argument instanceof String
            || argument instanceof Row;
    return hasText ? String.valueOf(argument) : null;
  }

  /** {@code name STRING, age INT32?}. */
  static String text(JsonNode fields) {
    return StreamSupport.stream(fields.spliterator(), false)
        .map(each -> each.path(NAME).asText() + " " + typeText(each))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  static String typeText(JsonNode type) {
    String text = type.path(TYPE).asText();
    if (type.has(FIELDS)) {
      text += text(type.path(FIELDS));
    } else if (type.has(LOGICAL)) {
      text = type.path(LOGICAL).asText();
    } else if (type.has(KEY)) {
      text += "<" + typeText(type.path(KEY)) + ", " + typeText(type.path(ELEMENT)) + ">";
    } else if (type.has(ELEMENT)) {
      text += "<" + typeText(type.path(ELEMENT)) + ">";
    }
    return type.path(NULLABLE).asBoolean() ? text + "?" : text;
  }

  // ---- the portable form ----

  static byte[] portable(Schema schema) {
    return withoutIds(SchemaTranslation.schemaToProto(schema, true)).toByteArray();
  }

  /**
   * The schema of {@link #portable}, without an id: Beam keeps coders by the id.
   *
   * @throws IOException if the bytes are none, or name a logical type that is not there
   */
  static Schema schema(byte[] portable) throws IOException {
    try {
      return SchemaTranslation.schemaFromProto(SchemaApi.Schema.parseFrom(portable));
    } catch (RuntimeException e) {
      throw new IOException("Expected the schema of a checkpoint, but can't build it: " + e, e);
    }
  }

  private static SchemaApi.Schema withoutIds(SchemaApi.Schema schema) {
    SchemaApi.Schema.Builder result = schema.toBuilder().clearId();
    for (int i = 0; i < schema.getFieldsCount(); i++) {
      SchemaApi.Field field = schema.getFields(i);
      result.setFields(i, field.toBuilder().setType(withoutIds(field.getType())));
    }
    return result.build();
  }

  private static SchemaApi.FieldType withoutIds(SchemaApi.FieldType type) {
    SchemaApi.FieldType.Builder result = type.toBuilder();
    switch (type.getTypeInfoCase()) {
      case ROW_TYPE ->
          result.getRowTypeBuilder().setSchema(withoutIds(type.getRowType().getSchema()));
      case ARRAY_TYPE ->
          result
              .getArrayTypeBuilder()
              .setElementType(withoutIds(type.getArrayType().getElementType()));
      case ITERABLE_TYPE ->
          result
              .getIterableTypeBuilder()
              .setElementType(withoutIds(type.getIterableType().getElementType()));
      case MAP_TYPE ->
          result
              .getMapTypeBuilder()
              .setKeyType(withoutIds(type.getMapType().getKeyType()))
              .setValueType(withoutIds(type.getMapType().getValueType()));
      case LOGICAL_TYPE ->
          result
              .getLogicalTypeBuilder()
              .setRepresentation(withoutIds(type.getLogicalType().getRepresentation()));
      default -> {
        return type;
      }
    }
    return result.build();
  }
}
