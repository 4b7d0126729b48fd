package dev.lintel.runner.operator;

import dev.lintel.state.EncodedKey;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * Gives rows the schema of the collection that they are in.
 *
 * <p>A row carries its schema along, and what a DoFn emits may have other field names than the
 * collection's coder says ({@code Select.withOutputSchema}, and joins of fields with different
 * names, do so). Runners that encode and decode elements on the way repair that by accident, and
 * Beam's transforms count on it. Here elements go by reference, so it is done on purpose: with a
 * look at the schema's reference for each row, and a trip through the coder for a row that differs.
 *
 * <p><i>Ownership:</i> one task. Keys and values of {@code KV}s are looked at, and nullable rows;
 * rows deeper inside are left as they are.
 */
public final class RowOutput implements Output {
  private final Part part;
  private final Output output;

  private RowOutput(Part part, Output output) {
    this.part = part;
    this.output = output;
  }

  /** The output itself if the coder knows of no row. */
  public static Output of(Coder<?> coder, Output output) {
    Part part = part(coder);
    return part == null ? output : new RowOutput(part, output);
  }

  @Override
  public void emit(WindowedValue<?> element) {
    output.emit(conformed(element));
  }

  /** The key is right: equal keys have equal encodings, whatever their schema. */
  @Override
  public void emit(WindowedValue<?> element, EncodedKey key) {
    output.emit(conformed(element), key);
  }

  @SuppressWarnings({"unchecked", "ReferenceEquality"}) // The same value is left where it is.
  private WindowedValue<?> conformed(WindowedValue<?> element) {
    Object value = element.getValue();
    Object conformed = part.conform(value);
    return conformed == value ? element : ((WindowedValue<Object>) element).withValue(conformed);
  }

  private static @Nullable Part part(Coder<?> coder) {
    if (coder instanceof SchemaCoder<?> schemaCoder
        && schemaCoder.getEncodedTypeDescriptor().getRawType().equals(Row.class)) {
      return new RowPart(schemaCoder);
    }
    if (coder instanceof NullableCoder<?> nullable) {
      return part(nullable.getValueCoder());
    }
    if (coder instanceof KvCoder<?, ?> kv) {
      Part key = part(kv.getKeyCoder());
      Part value = part(kv.getValueCoder());
      return key == null && value == null ? null : new KvPart(key, value);
    }
    return null;
  }

  /** A place in an element where a row is. */
  private interface Part {
    /** The same object if its schema is right. */
    @Nullable Object conform(@Nullable Object value);
  }

  private static final class RowPart implements Part {
    private final Coder<Object> coder;
    private final Schema schema;

    /** The schema that was found equal last: rows mostly share theirs. */
    private Schema known;

    @SuppressWarnings("unchecked")
    RowPart(SchemaCoder<?> coder) {
      this.coder = (Coder<Object>) (Coder<?>) coder;
      schema = coder.getSchema();
      known = schema;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // The fast way; equals is the other.
    public @Nullable Object conform(@Nullable Object value) {
      if (!(value instanceof Row row)) {
        return value;
      }
      Schema found = row.getSchema();
      if (found == known || found == schema) {
        return value;
      }
      if (found.equals(schema)) {
        known = found;
        return value;
      }
      try {
        return CoderUtils.clone(coder, value);
      } catch (CoderException e) {
        throw new IllegalArgumentException(
            "Expected a row of the collection's schema %s, but found one of %s, which its coder"
                    .formatted(schema, found)
                + " can't encode; set the right schema on the collection",
            e);
      }
    }
  }

  private record KvPart(@Nullable Part key, @Nullable Part value) implements Part {
    @Override
    @SuppressWarnings("ReferenceEquality") // The same parts are left where they are.
    public @Nullable Object conform(@Nullable Object element) {
      if (!(element instanceof KV<?, ?> kv)) {
        return element;
      }
      Object newKey = key == null ? kv.getKey() : key.conform(kv.getKey());
      Object newValue = value == null ? kv.getValue() : value.conform(kv.getValue());
      return newKey == kv.getKey() && newValue == kv.getValue() ? element : KV.of(newKey, newValue);
    }
  }
}
