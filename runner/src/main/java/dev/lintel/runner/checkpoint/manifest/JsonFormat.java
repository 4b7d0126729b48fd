package dev.lintel.runner.checkpoint.manifest;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lintel.runner.checkpoint.folder.Checksum;
import dev.lintel.runner.checkpoint.folder.DamagedFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Manifests and restore records as JSON, in an envelope that every version of Lintel can read:
 *
 * <pre>{"format":1,"crc32c":"0a1b2c3d","body":{...}}</pre>
 *
 * The checksum is that of the format's digits, a colon and the body's bytes: it is checked before
 * anything is believed, so that a newer version can be told from a flipped bit. Names and order of
 * the records' components are the format: changing them takes a new number, and reading the old
 * one.
 */
public final class JsonFormat {
  /** The newest format that this version reads, and the one that it writes. */
  public static final int FORMAT = 1;

  private static final Pattern ENVELOPE =
      Pattern.compile("\\{\"format\":(\\d{1,9}),\"crc32c\":\"([0-9a-f]{8})\",\"body\":");
  private static final int ENVELOPE_BYTES_MAX = 64;
  private static final String END = "}\n";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .visibility(PropertyAccessor.ALL, Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, Visibility.ANY)
          .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  private JsonFormat() {}

  /**
   * Has Jackson make what reads and writes these records, which takes longer than the first of them
   * does.
   */
  public static void prepare() {
    for (Class<?> each : List.of(RestoreRecord.class, Manifest.class)) {
      MAPPER.readerFor(each);
      MAPPER.writerFor(each);
    }
  }

  /** The bytes of a {@link Manifest} or {@link RestoreRecord}. */
  public static byte[] write(Record content) {
    try {
      return envelope(FORMAT, MAPPER.writeValueAsBytes(content));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Expected a record that JSON can hold, but " + content.getClass(), e);
    }
  }

  static byte[] envelope(int format, byte[] body) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + ENVELOPE_BYTES_MAX);
    String head =
        "{\"format\":" + format + ",\"crc32c\":\"" + checksum(format, body) + "\",\"body\":";
    out.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(body);
    out.writeBytes(END.getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /**
   * @param where the file, for errors
   * @throws DamagedFileException if the bytes are not what was written
   * @throws NewerFormatException if a later version of Lintel wrote them
   */
  public static <T extends Record> T read(byte[] bytes, Class<T> type, String where)
      throws IOException {
    String start =
        new String(
            bytes, 0, Math.min(bytes.length, ENVELOPE_BYTES_MAX), StandardCharsets.ISO_8859_1);
    Matcher head = ENVELOPE.matcher(start);
    int end = bytes.length - END.length();
    if (!head.lookingAt() || end < head.end()) {
      throw new DamagedFileException(where, "a file that Lintel wrote whole, but it is not");
    }
    int format = Integer.parseInt(head.group(1));
    byte[] body = Arrays.copyOfRange(bytes, head.end(), end);
    String tail = new String(bytes, end, END.length(), StandardCharsets.ISO_8859_1);
    if (!head.group(2).equals(checksum(format, body)) || !tail.equals(END)) {
      throw new DamagedFileException(
          where, "the CRC32C " + head.group(2) + ", but found " + checksum(format, body));
    }
    if (format > FORMAT) {
      throw new NewerFormatException(where, format);
    }
    try {
      return MAPPER.readValue(body, type);
    } catch (JsonProcessingException e) {
      throw new IOException(
          "Expected a " + type.getSimpleName() + ", but can't read it (file " + where + ").", e);
    }
  }

  private static String checksum(int format, byte[] body) {
    byte[] digits = (format + ":").getBytes(StandardCharsets.US_ASCII);
    return Checksum.of(digits, body).crc32c();
  }
}
