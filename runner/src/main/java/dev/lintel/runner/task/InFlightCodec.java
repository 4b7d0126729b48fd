package dev.lintel.runner.task;

import dev.lintel.runner.exchange.CodingException;
import dev.lintel.runner.exchange.Frame;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Exchange;
import dev.lintel.translation.plan.Partitioning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of elements that were on their way over one exchange when a snapshot was taken:
 *
 * <pre>
 * (length, encoded key, if the exchange is by key | length, windowed value)*
 * </pre>
 *
 * <p><i>Ownership:</i> one task.
 */
final class InFlightCodec {
  private final Exchange exchange;
  private final Coder<WindowedValue<Object>> coder;
  private final boolean keyed;
  private final ByteWriter element = new ByteWriter();

  @SuppressWarnings("unchecked")
  InFlightCodec(Exchange exchange) {
    this.exchange = exchange;
    Collection collection = exchange.collection();
    Coder<? extends BoundedWindow> windowCoder = collection.windowing().getWindowFn().windowCoder();
    coder = WindowedValues.getFullCoder((Coder<Object>) collection.coder(), windowCoder);
    keyed =
        exchange.partitioning() == Partitioning.BY_KEY
            || exchange.partitioning() == Partitioning.TO_ONE;
  }

  boolean keyed() {
    return keyed;
  }

  void encode(Frame.Elements elements, ByteWriter out) {
    for (int i = 0; i < elements.size(); i++) {
      EncodedKey key = elements.key(i);
      if (key != null) {
        key.writeTo(out);
      }
      out.lengthPrefixed(encode(elements.value(i)));
    }
  }

  @SuppressWarnings("unchecked")
  private ByteWriter encode(WindowedValue<?> value) {
    element.reset();
    try {
      coder.encode((WindowedValue<Object>) value, element);
    } catch (IOException | RuntimeException e) {
      throw failure("encode", value, e);
    }
    return element;
  }

  /**
   * @param own whether an element of this key is for the task; asked only if the exchange is by key
   * @return null if nothing is left
   */
  Frame.@Nullable Elements decode(byte[] encoded, Predicate<EncodedKey> own) {
    List<WindowedValue<?>> values = new ArrayList<>();
    List<EncodedKey> keys = new ArrayList<>();
    ByteReader in = new ByteReader(encoded);
    while (in.remaining() > 0) {
      EncodedKey key = keyed ? new EncodedKey(in.lengthPrefixed()) : EncodedKey.EMPTY;
      byte[] value = in.lengthPrefixed();
      if (!keyed || own.test(key)) {
        values.add(decode(value));
        keys.add(key);
      }
    }
    return values.isEmpty() ? null : Frame.Elements.of(values, keyed ? keys : null);
  }

  private WindowedValue<Object> decode(byte[] value) {
    try {
      return coder.decode(new ByteReader(value));
    } catch (IOException | RuntimeException e) {
      throw failure("decode", "what it had encoded", e);
    }
  }

  private CodingException failure(String doing, Object what, Exception cause) {
    return new CodingException(
        "Expected "
            + coder
            + " to "
            + doing
            + " an element on its way in "
            + exchange.collection().name()
            + ", but it failed on "
            + what,
        cause);
  }
}
