package dev.lintel.benchmarks.nexmark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.util.VarInt;

/**
 * A coder of a record whose fields are numbers and texts: written one after another, numbers with
 * as many bytes as they need. Equal values have equal bytes.
 */
abstract class Wire<T> extends AtomicCoder<T> {
  private static final long serialVersionUID = 1L;

  static void number(long value, OutputStream out) throws IOException {
    VarInt.encode(value, out);
  }

  static long number(InputStream in) throws IOException {
    return VarInt.decodeLong(in);
  }

  static void text(String value, OutputStream out) throws IOException {
    StringUtf8Coder.of().encode(value, out);
  }

  static String text(InputStream in) throws IOException {
    return StringUtf8Coder.of().decode(in);
  }

  @Override
  public boolean consistentWithEquals() {
    return true;
  }
}
