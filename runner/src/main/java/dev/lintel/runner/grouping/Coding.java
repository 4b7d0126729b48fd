package dev.lintel.runner.grouping;

import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/** Calls of coders; a coder that fails on what is spilled is a mistake of the user's. */
final class Coding {
  private Coding() {}

  static <T> void encode(Coder<T> coder, T value, ByteWriter out) {
    try {
      coder.encode(value, out);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          "Expected "
              + coder
              + " to encode what is grouped, but it failed on "
              + describe(value)
              + ": "
              + e,
          e);
    }
  }

  private static String describe(@Nullable Object value) {
    return value == null ? "null" : "a " + value.getClass().getName();
  }

  static <T> T decode(Coder<T> coder, ByteReader in) {
    try {
      return coder.decode(in);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          "Expected " + coder + " to decode what it has encoded, but it failed: " + e, e);
    }
  }
}
