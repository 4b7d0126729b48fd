package dev.lintel.runner.exchange;

import dev.lintel.state.EncodedKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.beam.sdk.coders.Coder;

/** Encodes keys with a reused buffer. <i>Ownership:</i> one task. */
public final class KeyEncoder {
  private final Coder<Object> coder;
  private final String where;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(64);

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
    buffer.reset();
    try {
      coder.encode(key, buffer);
    } catch (IOException | RuntimeException e) {
      throw new CodingException(
          "Expected " + coder + " to encode the keys of " + where + ", but it failed on " + key, e);
    }
    return new EncodedKey(buffer.toByteArray());
  }
}
