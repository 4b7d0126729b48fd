package dev.lintel.benchmarks.jmh;

import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.state.EncodedKey;
import java.util.stream.LongStream;
import org.apache.beam.sdk.coders.VarLongCoder;

/** The keys 0, 1, 2…, as the exchange encodes them. */
final class Keys {
  private Keys() {}

  static EncodedKey[] encoded(int count) {
    KeyEncoder encoder = new KeyEncoder(VarLongCoder.of(), "keys");
    return LongStream.range(0, count).mapToObj(encoder::encode).toArray(EncodedKey[]::new);
  }

  /**
   * The same key as another object, as one that arrives with an element is: so that a look-up has
   * to compare.
   */
  static EncodedKey arriving(EncodedKey key) {
    return new EncodedKey(key.bytes());
  }
}
