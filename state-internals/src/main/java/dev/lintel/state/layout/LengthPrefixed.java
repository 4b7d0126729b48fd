package dev.lintel.state.layout;

/** Bytes that are written behind their length: nothing that is written so begins another one. */
public interface LengthPrefixed {
  /** As {@link ByteWriter#lengthPrefixed(byte[])} would; returns the writer. */
  ByteWriter writeTo(ByteWriter out);
}
