package dev.lintel.runner.sideinput;

import dev.lintel.runner.exchange.CodingException;
import dev.lintel.state.layout.ByteWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * A coder whose failures name the side input. Holds nothing that changes: any thread may use it.
 *
 * @param side the side input, for error texts
 */
record ElementCodec(Coder<Object> coder, String side) {

  /**
   * @throws CodingException if the coder fails
   */
  void encode(@Nullable Object element, OutputStream out) {
    try {
      coder.encode(element, out);
    } catch (IOException | RuntimeException e) {
      throw new CodingException(
          "Expected " + coder + " to encode elements of " + side + ", but it failed on " + element,
          e);
    }
  }

  byte[] encode(@Nullable Object element) {
    ByteWriter out = new ByteWriter();
    encode(element, out);
    return out.toBytes();
  }

  Object decode(byte[] bytes) {
    return decode(new ByteArrayInputStream(bytes));
  }

  /**
   * The next element of several.
   *
   * @throws CodingException if the coder fails
   */
  Object decode(InputStream in) {
    try {
      return coder.decode(in);
    } catch (IOException | RuntimeException e) {
      throw new CodingException(
          "Expected "
              + coder
              + " to decode an element of "
              + side
              + " that it has encoded, but it failed",
          e);
    }
  }
}
