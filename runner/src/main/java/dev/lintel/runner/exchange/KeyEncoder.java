package dev.lintel.runner.exchange;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.layout.ByteWriter;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;

/** Encodes keys with a reused buffer. <i>Ownership:</i> one task. */
public final class KeyEncoder {
  private final Coder<Object> coder;
  private final String where;
  private final ByteWriter buffer = new ByteWriter();

  /**
   * @param where the collection whose keys these are, for error texts
   */
  @SuppressWarnings("unchecked")
  public KeyEncoder(Coder<?> coder, String where) {
    this.coder = (Coder<Object>) coder;
    this.where = where;
  }

  /**
   * @throws CodingException if the coder fails on this key
   */
  public EncodedKey encode(Object key) {
    return EncodedKey.of(write(key));
  }

  /**
   * The key's bytes in a buffer that the next call uses again.
   *
   * @throws CodingException if the coder fails on this key
   */
  public ByteWriter write(Object key) {
    buffer.reset();
    try {
      coder.encode(key, buffer);
    } catch (IOException | RuntimeException e) {
      throw new CodingException(
          "Expected " + coder + " to encode the keys of " + where + ", but it failed on " + key, e);
    }
    return buffer;
  }
}
