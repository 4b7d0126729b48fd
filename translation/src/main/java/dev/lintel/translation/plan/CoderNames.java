package dev.lintel.translation.plan;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;

/**
 * Coders as people write them, {@code KvCoder(StringUtf8Coder,VarIntCoder)}, from class names only:
 * the {@code toString} of a user's coder may hold an identity hash code.
 */
public final class CoderNames {
  private CoderNames() {}

  /** The coder's name, with the coders that it is made of in brackets. */
  public static String of(Coder<?> coder) {
    String name = shortName(coder.getClass());
    if (coder instanceof SerializableCoder<?> serializable) {
      return name + "(" + shortName(serializable.getRecordType()) + ")";
    }
    List<? extends Coder<?>> parts = coder.getCoderArguments();
    return parts == null || parts.isEmpty()
        ? name
        : parts.stream().map(CoderNames::of).collect(Collectors.joining(",", name + "(", ")"));
  }

  /** The class name without its package; an outer class stays, {@code View$ListCoder}. */
  static String shortName(Class<?> type) {
    String name = type.getName();
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
