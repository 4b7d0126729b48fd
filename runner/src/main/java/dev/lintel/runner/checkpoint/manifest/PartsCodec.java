package dev.lintel.runner.checkpoint.manifest;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Parts by transform as bytes: the number of transforms; for each its name, the number of its parts
 * and the parts. Numbers have four bytes, names (UTF-8) and parts begin with their length.
 */
public final class PartsCodec {
  private PartsCodec() {}

  public static byte[] encode(Map<String, List<byte[]>> parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(parts.size());
      for (Map.Entry<String, List<byte[]>> each : parts.entrySet()) {
        write(each.getKey().getBytes(StandardCharsets.UTF_8), out);
        out.writeInt(each.getValue().size());
        for (byte[] part : each.getValue()) {
          write(part, out);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Expected to write to memory", e);
    }
    return bytes.toByteArray();
  }

  public static Map<String, List<byte[]>> decode(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    Map<String, List<byte[]>> parts = new LinkedHashMap<>();
    for (int transforms = in.readInt(); transforms > 0; transforms--) {
      String name = new String(read(in), StandardCharsets.UTF_8);
      List<byte[]> list = new ArrayList<>();
      for (int count = in.readInt(); count > 0; count--) {
        list.add(read(in));
      }
      parts.put(name, list);
    }
    return parts;
  }

  private static void write(byte[] bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static byte[] read(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] bytes = in.readNBytes(Math.max(0, length));
    if (bytes.length != length) {
      throw new IOException("Expected a part of " + length + " bytes, but found " + bytes.length);
    }
    return bytes;
  }
}
