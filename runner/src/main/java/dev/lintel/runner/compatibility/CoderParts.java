package dev.lintel.runner.compatibility;

import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CollectionCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.OptionalCoder;
import org.apache.beam.sdk.coders.SetCoder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.TimestampedValue.TimestampedValueCoder;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/** Coders that are made of other coders: taken apart, and put together again from other parts. */
final class CoderParts {
  private CoderParts() {}

  static List<Coder<?>> of(Coder<?> coder) {
    return coder instanceof StructuredCoder<?> structured
        ? List.copyOf(structured.getComponents())
        : List.of();
  }

  /** The same kind of coder with other parts; null if it is of a kind that is not known. */
  @SuppressWarnings("unchecked")
  static @Nullable Coder<?> with(Coder<?> coder, List<Coder<?>> parts) {
    Class<?> type = coder.getClass();
    Coder<Object> first = (Coder<Object>) parts.get(0);
    if (type == KvCoder.class) {
      return KvCoder.of(first, parts.get(1));
    }
    if (type == MapCoder.class) {
      return MapCoder.of(first, parts.get(1));
    }
    if (type == WindowedValues.FullWindowedValueCoder.class) {
      return WindowedValues.getFullCoder(first, (Coder<BoundedWindow>) parts.get(1));
    }
    return withOne(type, first);
  }

  private static @Nullable Coder<?> withOne(Class<?> type, Coder<Object> part) {
    if (type == ListCoder.class) {
      return ListCoder.of(part);
    }
    if (type == IterableCoder.class) {
      return IterableCoder.of(part);
    }
    if (type == CollectionCoder.class) {
      return CollectionCoder.of(part);
    }
    if (type == SetCoder.class) {
      return SetCoder.of(part);
    }
    if (type == NullableCoder.class) {
      return NullableCoder.of(part);
    }
    if (type == OptionalCoder.class) {
      return OptionalCoder.of(part);
    }
    return type == TimestampedValueCoder.class ? TimestampedValueCoder.of(part) : null;
  }
}
