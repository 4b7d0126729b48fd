package dev.lintel.runner;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.KV;

/** A coder of strings that refuses one of them. */
final class TroublesomeCoder extends AtomicCoder<String> {
  private TroublesomeCoder() {}

  /** Of keys and numbers; it refuses a key if that is the trouble. */
  static Coder<KV<String, Long>> keyed(TroublesomeFn.Trouble trouble) {
    Coder<String> keyCoder =
        trouble == TroublesomeFn.Trouble.KEY_CODER ? new TroublesomeCoder() : StringUtf8Coder.of();
    return KvCoder.of(keyCoder, VarLongCoder.of());
  }

  @Override
  public void encode(String value, OutputStream out) throws IOException {
    if (value.equals("key 7")) {
      throw new IOException(TroublesomeFn.MESSAGE);
    }
    StringUtf8Coder.of().encode(value, out);
  }

  @Override
  public String decode(InputStream in) throws IOException {
    return StringUtf8Coder.of().decode(in);
  }
}
