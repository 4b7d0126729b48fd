package dev.lintel.runner.operator;

import dev.lintel.runner.exchange.CodingException;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.translation.plan.Collection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.PaneInfoCoder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Instant;

/**
 * Keyed elements as bytes: {@code timestamp:8 | number of windows | windows | pane | length, key |
 * value}. The key is the bytes that came with the element: its coder need not run.
 *
 * <p><i>Ownership:</i> one operator of one task. <i>Failure:</i> {@link CodingException}, which
 * names the collection.
 */
final class KeyedRecords {
  private final Coder<Object> keyCoder;
  private final Coder<Object> valueCoder;
  private final Coder<BoundedWindow> windowCoder;
  private final String collection;

  /** An element with its key. */
  record Keyed(EncodedKey key, WindowedValue<Object> element) {}

  /**
   * @param input its elements are pairs
   */
  @SuppressWarnings("unchecked")
  KeyedRecords(Collection input) {
    KvCoder<Object, Object> coder = (KvCoder<Object, Object>) input.coder();
    keyCoder = coder.getKeyCoder();
    valueCoder = coder.getValueCoder();
    windowCoder = (Coder<BoundedWindow>) input.windowing().getWindowFn().windowCoder();
    collection = input.name();
  }

  /**
   * Writes an element.
   *
   * @param windows those of its windows that count
   */
  void write(
      WindowedValue<?> element,
      EncodedKey key,
      java.util.Collection<? extends BoundedWindow> windows,
      ByteWriter out) {
    try {
      out.fixed64(element.getTimestamp().getMillis()).varint(windows.size());
      for (BoundedWindow window : windows) {
        windowCoder.encode(window, out);
      }
      PaneInfoCoder.of().encode(element.getPaneInfo(), out);
      key.writeTo(out);
      valueCoder.encode(((KV<?, ?>) element.getValue()).getValue(), out);
    } catch (IOException | RuntimeException e) {
      throw new CodingException(
          "Expected "
              + valueCoder
              + " to encode the values of "
              + collection
              + ", but it failed on "
              + element.getValue(),
          e);
    }
  }

  /** The next element. */
  Keyed read(ByteReader in) {
    try {
      Instant timestamp = Instant.ofEpochMilli(in.fixed64());
      int windows = in.varint();
      BoundedWindow first = windowCoder.decode(in);
      List<BoundedWindow> all = windows == 1 ? List.of() : windows(first, windows, in);
      PaneInfo pane = PaneInfoCoder.of().decode(in);
      EncodedKey key = new EncodedKey(in.lengthPrefixed());
      Object decodedKey = keyCoder.decode(new ByteReader(key.bytes()));
      Object pair = KV.of(decodedKey, valueCoder.decode(in));
      return new Keyed(
          key,
          windows == 1
              ? WindowedValues.of(pair, timestamp, first, pane)
              : WindowedValues.of(pair, timestamp, all, pane));
    } catch (IOException | RuntimeException e) {
      throw new CodingException(
          "Expected "
              + keyCoder
              + " and "
              + valueCoder
              + " to decode an element of "
              + collection
              + " that was encoded, but they failed",
          e);
    }
  }

  private List<BoundedWindow> windows(BoundedWindow first, int count, ByteReader in)
      throws IOException {
    List<BoundedWindow> windows = new ArrayList<>(count);
    windows.add(first);
    while (windows.size() < count) {
      windows.add(windowCoder.decode(in));
    }
    return windows;
  }
}
