package dev.lintel.runner.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lintel.state.ValueMigration;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a coder between a checkpoint and the pipeline that goes on from it: it is the
 * same, or another one that can be read, or one that can't.
 *
 * @param reader reads what the old coder wrote as values of the new one; null unless it can be read
 *     and has changed
 * @param refusal why it can't be read, for people; null if it can
 */
record CoderChange(@Nullable Coder<?> reader, @Nullable String refusal) {
  static CoderChange same() {
    return new CoderChange(null, null);
  }

  static CoderChange readBy(Coder<?> reader) {
    return new CoderChange(reader, null);
  }

  static CoderChange refused(String why) {
    return new CoderChange(null, why);
  }

  boolean isSame() {
    return reader == null && refusal == null;
  }

  /**
   * @param stored what {@link CoderDescription} made of the old one
   */
  static CoderChange between(JsonNode stored, Coder<?> current) {
    JsonNode now = CoderDescription.of(current);
    if (!stored.path(CoderDescription.CODER).equals(now.path(CoderDescription.CODER))) {
      return refused("what one writes the other one can't read");
    }
    if (current instanceof SchemaCoder<?> schemaCoder) {
      return SchemaChange.between(stored, schemaCoder);
    }
    if (CoderDescription.isAvro(current)) {
      return AvroCoders.between(stored, current);
    }
    if (!stored.path(CoderDescription.TYPE).equals(now.path(CoderDescription.TYPE))) {
      return refused("Java serialization of one class can't be read as another one");
    }
    if (!stored.path(CoderDescription.FIELDS).equals(now.path(CoderDescription.FIELDS))) {
      return refused("the coder's class is the same, but its fields hold something else");
    }
    return now.has(CoderDescription.PARTS)
        ? ofParts(stored.path(CoderDescription.PARTS), current)
        : same();
  }

  private static CoderChange ofParts(JsonNode stored, Coder<?> current) {
    List<Coder<?>> parts = CoderParts.of(current);
    if (stored.size() != parts.size()) {
      return refused("it is made of " + parts.size() + " coders instead of " + stored.size());
    }
    boolean same = true;
    List<Coder<?>> readers = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      CoderChange change = between(stored.get(i), parts.get(i));
      if (change.refusal != null) {
        return change;
      }
      same &= change.isSame();
      readers.add(change.reader == null ? parts.get(i) : change.reader);
    }
    if (same) {
      return same();
    }
    Coder<?> reader = CoderParts.with(current, readers);
    return reader == null
        ? refused("a changed coder inside a " + current.getClass().getName() + " can't be migrated")
        : readBy(reader);
  }

  /** Of a coder that has changed and can be read. */
  @SuppressWarnings("unchecked")
  ValueMigration migration(Coder<?> current) {
    Coder<Object> old = (Coder<Object>) reader;
    if (old == null) {
      throw new IllegalStateException("Expected a changed coder that can be read, but " + this);
    }
    Coder<Object> now = (Coder<Object>) current;
    return (in, out) -> now.encode(old.decode(in), out);
  }
}
