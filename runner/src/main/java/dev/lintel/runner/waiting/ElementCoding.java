package dev.lintel.runner.waiting;

import dev.lintel.runner.exchange.CodingException;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.values.WindowedValue;

/** Encodes elements that wait, one behind the other. */
record ElementCoding(Coder<WindowedValue<Object>> coder, String transform) {
  /**
   * @throws CodingException if the coder fails
   */
  void encode(WindowedValue<Object> element, ByteWriter out) {
    try {
      coder.encode(element, out);
    } catch (IOException | RuntimeException e) {
      throw new CodingException(
          "Expected "
              + coder
              + " to encode an element that has to wait before "
              + transform
              + ", but it failed on "
              + element,
          e);
    }
  }

  /**
   * All that is left to read.
   *
   * @throws CodingException if the coder fails
   */
  List<WindowedValue<Object>> decode(ByteReader in) {
    List<WindowedValue<Object>> elements = new ArrayList<>();
    try {
      while (in.remaining() > 0) {
        elements.add(coder.decode(in));
      }
    } catch (IOException | RuntimeException e) {
      throw new CodingException(
          "Expected "
              + coder
              + " to decode an element that has waited before "
              + transform
              + ", but it failed",
          e);
    }
    return elements;
  }
}
