package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * What may change in a schema: fields may be added if they are nullable (old values have null),
 * removed, reordered, and become nullable; all this at any depth. The type of a field may not.
 */
final class SchemaChange {
  private SchemaChange() {}

  static <T> CoderChange between(JsonNode stored, SchemaCoder<T> current) {
    JsonNode written = stored.path(CoderDescription.SCHEMA);
    JsonNode now = SchemaDescription.fields(current.getSchema());
    if (written.equals(now)) {
      return CoderChange.same();
    }
    List<String> problems = new ArrayList<>();
    compare("", written, now, problems);
    if (!problems.isEmpty()) {
      return CoderChange.refused(String.join("; ", problems));
    }
    try {
      byte[] portable = stored.path(CoderDescription.PORTABLE).binaryValue();
      Schema schema = SchemaDescription.schema(portable == null ? new byte[0] : portable);
      return CoderChange.readBy(new Reader<>(schema, current));
    } catch (IOException e) {
      return CoderChange.refused(String.valueOf(e.getMessage()));
    }
  }

  private static void compare(String path, JsonNode written, JsonNode now, List<String> problems) {
    Map<String, JsonNode> before = new LinkedHashMap<>();
    written.forEach(each -> before.put(each.path(SchemaDescription.NAME).asText(), each));
    for (JsonNode field : now) {
      String name = path + field.path(SchemaDescription.NAME).asText();
      JsonNode old = before.get(field.path(SchemaDescription.NAME).asText());
      if (old != null) {
        compareType(name, old, field, problems);
      } else if (!isNullable(field)) {
        problems.add("field '" + name + "' is new, and not nullable");
      }
    }
  }

  private static boolean isNullable(JsonNode type) {
    return type.path(SchemaDescription.NULLABLE).asBoolean();
  }

  private static void compareType(String name, JsonNode old, JsonNode now, List<String> problems) {
    if (isNullable(old) && !isNullable(now)) {
      problems.add("field '" + name + "' was nullable, and is not any more");
    }
    boolean sameKind =
        old.path(SchemaDescription.TYPE).equals(now.path(SchemaDescription.TYPE))
            && old.path(SchemaDescription.LOGICAL).equals(now.path(SchemaDescription.LOGICAL))
            && old.path(SchemaDescription.ARGUMENT).equals(now.path(SchemaDescription.ARGUMENT))
            && old.path(SchemaDescription.KEY).equals(now.path(SchemaDescription.KEY));
    // The base of a logical type is not converted, and may not change at all.
    boolean sameBase =
        !now.has(SchemaDescription.LOGICAL)
            || old.path(SchemaDescription.ELEMENT).equals(now.path(SchemaDescription.ELEMENT));
    if (!sameKind || !sameBase) {
      problems.add(
          "field '"
              + name
              + "' was "
              + SchemaDescription.typeText(old)
              + ", and is "
              + SchemaDescription.typeText(now));
    } else if (now.has(SchemaDescription.FIELDS)) {
      compare(
          name + ".",
          old.path(SchemaDescription.FIELDS),
          now.path(SchemaDescription.FIELDS),
          problems);
    } else if (now.has(SchemaDescription.ELEMENT)) {
      compareType(
          name + "[]",
          old.path(SchemaDescription.ELEMENT),
          now.path(SchemaDescription.ELEMENT),
          problems);
    }
  }

  // ---- conversion ----

  private static Row convert(Row old, Schema schema) {
    List<@Nullable Object> values = new ArrayList<>();
    for (Schema.Field field : schema.getFields()) {
      values.add(
          old.getSchema().hasField(field.getName())
              ? convert(old.getValue(field.getName()), field.getType())
              : null);
    }
    return Row.withSchema(schema).attachValues(values);
  }

  private static @Nullable Object convert(@Nullable Object value, FieldType type) {
    if (value == null) {
      return null;
    }
    Schema rowSchema = type.getRowSchema();
    if (rowSchema != null) {
      return convert((Row) value, rowSchema);
    }
    FieldType elementType = type.getCollectionElementType();
    if (elementType != null) {
      List<@Nullable Object> elements = new ArrayList<>();
      ((Iterable<?>) value).forEach(each -> elements.add(convert(each, elementType)));
      return elements;
    }
    FieldType valueType = type.getMapValueType();
    if (valueType != null) {
      Map<Object, @Nullable Object> map = new LinkedHashMap<>();
      ((Map<?, ?>) value).forEach((key, each) -> map.put(key, convert(each, valueType)));
      return map;
    }
    return value;
  }

  /** Reads what was written with another schema. Never leaves the process. */
  private static final class Reader<T> extends CustomCoder<T> {
    private static final long serialVersionUID = 1L;

    private final Coder<Row> written;
    private final SchemaCoder<T> current;

    Reader(Schema written, SchemaCoder<T> current) {
      this.written = RowCoder.of(written);
      this.current = current;
    }

    @Override
    public void encode(T value, OutputStream out) throws IOException {
      current.encode(value, out);
    }

    @Override
    public T decode(InputStream in) throws IOException {
      return current.getFromRowFunction().apply(convert(written.decode(in), current.getSchema()));
    }
  }
}
