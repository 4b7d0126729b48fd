package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.schemas.SchemaCoder;

/**
 * A coder as JSON, so that people can read it, equal coders are equal in every process, and what is
 * needed to read what it wrote is there:
 *
 * <pre>
 * {"coder": class}                                    the class says all (atomic coders)
 * {"coder": class, "of": [coder, ...]}                made of other coders
 * {"coder": class, "type": class}                     Java serialization
 * {"coder": "schema", "type", "schema": [field, ...], "portable": base64}
 * {"coder": "avro", "type", "avro": schema}
 * {"coder": class, "fields": {...}}                   any other, with what its fields hold
 * </pre>
 */
final class CoderDescription {
  static final String CODER = "coder";
  static final String PARTS = "of";
  static final String TYPE = "type";
  static final String SCHEMA = "schema";
  static final String PORTABLE = "portable";
  static final String AVRO = "avro";
  static final String FIELDS = "fields";

  private CoderDescription() {}

  static ObjectNode of(Coder<?> coder) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(CODER, coder.getClass().getName());
    if (coder instanceof SchemaCoder<?> schemaCoder) {
      describe(schemaCoder, node);
    } else if (isAvro(coder)) {
      AvroCoders.describe(coder, node);
    } else if (coder instanceof SerializableCoder<?> serializable) {
      node.put(TYPE, serializable.getRecordType().getName());
    } else if (coder instanceof StructuredCoder<?> structured) {
      List<? extends Coder<?>> parts = structured.getComponents();
      if (!(coder instanceof AtomicCoder<?>) && !parts.isEmpty()) {
        ArrayNode of = node.putArray(PARTS);
        parts.forEach(each -> of.add(of(each)));
      } else if (!(coder instanceof AtomicCoder<?>)) {
        addFields(coder, node);
      }
    } else {
      addFields(coder, node);
    }
    return node;
  }

  private static void addFields(Coder<?> coder, ObjectNode node) {
    ObjectNode fields = FieldsDescription.of(coder);
    if (!fields.isEmpty()) {
      node.set(FIELDS, fields);
    }
  }

  /** The class that the schema is of does not change what is written. */
  private static void describe(SchemaCoder<?> coder, ObjectNode node) {
    node.put(CODER, SCHEMA);
    node.put(TYPE, coder.getEncodedTypeDescriptor().toString());
    node.set(SCHEMA, SchemaDescription.fields(coder.getSchema()));
    node.put(PORTABLE, SchemaDescription.portable(coder.getSchema()));
  }

  /** Without a look at Avro's classes, which may not be there. */
  static boolean isAvro(Coder<?> coder) {
    for (Class<?> type = coder.getClass(); type != null; type = type.getSuperclass()) {
      if (type.getName().equals("org.apache.beam.sdk.extensions.avro.coders.AvroCoder")) {
        return true;
      }
    }
    return false;
  }

  /** {@code KvCoder(StringUtf8Coder,VarIntCoder)}. */
  static String text(JsonNode coder) {
    String name = coder.path(CODER).asText();
    if (name.equals(SCHEMA)) {
      return "schema " + SchemaDescription.text(coder.path(SCHEMA));
    }
    if (name.equals(AVRO)) {
      return "Avro schema " + coder.path(AVRO);
    }
    String shortName = name.substring(name.lastIndexOf('.') + 1);
    if (coder.has(TYPE)) {
      return shortName + "(" + coder.path(TYPE).asText() + ")";
    }
    if (coder.has(PARTS)) {
      return StreamSupport.stream(coder.path(PARTS).spliterator(), false)
          .map(CoderDescription::text)
          .collect(Collectors.joining(",", shortName + "(", ")"));
    }
    return coder.has(FIELDS) ? shortName + coder.path(FIELDS) : shortName;
  }
}
