package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;

/**
 * Avro coders: what is written with one schema is read with another by Avro's own schema
 * resolution. The only class that knows Avro, which is on the class path only of pipelines that use
 * it.
 */
final class AvroCoders {
  private static final ObjectMapper JSON = new ObjectMapper();

  private AvroCoders() {}

  static void describe(Coder<?> coder, ObjectNode node) {
    AvroCoder<?> avro = (AvroCoder<?>) coder;
    node.put(CoderDescription.CODER, CoderDescription.AVRO);
    node.put(CoderDescription.TYPE, avro.getType().getName());
    try {
      node.set(CoderDescription.AVRO, JSON.readTree(avro.getSchema().toString()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Expected Avro to write JSON, but " + avro.getSchema(), e);
    }
  }

  static CoderChange between(JsonNode stored, Coder<?> current) {
    return change(stored, (AvroCoder<?>) current);
  }

  private static <T> CoderChange change(JsonNode stored, AvroCoder<T> current) {
    Schema written = schema(stored);
    Schema read = current.getSchema();
    if (SchemaNormalization.toParsingForm(written)
        .equals(SchemaNormalization.toParsingForm(read))) {
      return CoderChange.same();
    }
    SchemaPairCompatibility found =
        SchemaCompatibility.checkReaderWriterCompatibility(read, written);
    if (found.getType() != SchemaCompatibilityType.COMPATIBLE) {
      return CoderChange.refused(
          "by Avro's rules, the new schema can't read what the old one wrote: "
              + found.getResult().getIncompatibilities());
    }
    return CoderChange.readBy(new Reader<>(written, current));
  }

  private static Schema schema(JsonNode stored) {
    Schema.Parser parser = new Schema.Parser();
    parser.setValidateDefaults(false);
    return parser.parse(stored.path(CoderDescription.AVRO).toString());
  }

  /** Reads what was written with another schema. Never leaves the process. */
  private static final class Reader<T> extends CustomCoder<T> {
    private static final long serialVersionUID = 1L;

    private final AvroCoder<T> current;
    private final transient DatumReader<T> reader;

    Reader(Schema written, AvroCoder<T> current) {
      this.current = current;
      this.reader = current.getDatumFactory().apply(written, current.getSchema());
    }

    @Override
    public void encode(T value, OutputStream out) throws IOException {
      current.encode(value, out);
    }

    @Override
    public T decode(InputStream in) throws IOException {
      return reader.read(null, DecoderFactory.get().directBinaryDecoder(in, null));
    }
  }
}
