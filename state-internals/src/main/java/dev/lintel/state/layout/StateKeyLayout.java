package dev.lintel.state.layout;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The layout of every key in a task's store:
 *
 * <pre>
 * cell entry:   keyGroup:2 | stateNumber:4 | length, key | length, namespace | sub-key
 * task's own:   0xffff     | section:4     | …
 * </pre>
 *
 * <p><i>Invariants:</i> numbers are big-endian, so a key group is one range of the store, and
 * within it a state, a key, a cell. Key and namespace carry their length, so no cell's prefix is a
 * prefix of another cell's. The sub-key is what is left; its form belongs to the kind of state and
 * sorts as that kind needs. Others (timers) put what they like behind {@code keyGroup |
 * stateNumber}.
 */
public final class StateKeyLayout {
  /** The largest number of key groups: one value of the 16 bits is kept for the task itself. */
  public static final int MAX_PARALLELISM_LIMIT = 0xffff;

  private static final int TASK_GROUP = 0xffff;
  private static final int GROUP_BYTES = 2;

  /** The length of what {@link #start} writes, which all keys of a key group and state have. */
  public static final int START_BYTES = GROUP_BYTES + Integer.BYTES;

  private static final int DICTIONARY_SECTION = 0;
  private static final int SEQUENCE_SECTION = 1;
  private static final int FORMAT_SECTION = 2;

  private StateKeyLayout() {}

  /** {@code keyGroup | stateNumber}: what every entry of one state in one key group begins with. */
  public static ByteWriter start(ByteWriter out, int keyGroup, int stateNumber) {
    return out.reset().fixed16(keyGroup).fixed32(stateNumber);
  }

  /**
   * The prefix of one cell's entries; a cell of one value has its entry right there.
   *
   * @param namespace the bytes that {@link NamespaceCodec} gave
   */
  public static ByteWriter cell(
      ByteWriter out, int keyGroup, int stateNumber, LengthPrefixed key, ByteWriter namespace) {
    return key.writeTo(start(out, keyGroup, stateNumber)).lengthPrefixed(namespace);
  }

  /** The first key of a key group; that of {@code keyGroup + 1} is its end. */
  public static byte[] groupStart(int keyGroup) {
    return new ByteWriter().fixed16(keyGroup).toBytes();
  }

  /** The smallest key that is greater than every key with this prefix. */
  public static byte[] endOf(byte[] prefix) {
    int last = prefix.length - 1;
    while (last >= 0 && prefix[last] == (byte) 0xff) {
      last--;
    }
    if (last < 0) {
      throw new IllegalArgumentException(
          "Expected a prefix with a byte other than 0xff, but it is " + Arrays.toString(prefix));
    }
    byte[] end = Arrays.copyOf(prefix, last + 1);
    end[last]++;
    return end;
  }

  /** The prefix of the dictionary {@code (transform name, state id) → state number}. */
  public static byte[] dictionaryPrefix() {
    return start(new ByteWriter(), TASK_GROUP, DICTIONARY_SECTION).toBytes();
  }

  /** The dictionary's key for one state. */
  public static byte[] dictionaryKey(String transformName, String stateId) {
    return new ByteWriter()
        .bytes(dictionaryPrefix())
        .lengthPrefixed(transformName.getBytes(StandardCharsets.UTF_8))
        .bytes(stateId.getBytes(StandardCharsets.UTF_8))
        .toBytes();
  }

  /** What {@link #dictionaryKey} was made from. */
  public static DictionaryName dictionaryName(byte[] dictionaryKey) {
    int prefix = dictionaryPrefix().length;
    ByteReader in = new ByteReader(dictionaryKey, prefix, dictionaryKey.length - prefix);
    String transformName = new String(in.lengthPrefixed(), StandardCharsets.UTF_8);
    return new DictionaryName(transformName, new String(in.rest(), StandardCharsets.UTF_8));
  }

  /** Where the task keeps the first sequence number that no entry has yet. */
  public static byte[] sequenceKey() {
    return start(new ByteWriter(), TASK_GROUP, SEQUENCE_SECTION).toBytes();
  }

  /** Where the task says in which format and for which key groups its entries are. */
  public static byte[] formatKey() {
    return start(new ByteWriter(), TASK_GROUP, FORMAT_SECTION).toBytes();
  }

  /** The first of the task's own keys: all of its cells' entries are before it. */
  public static byte[] ownStart() {
    return groupStart(TASK_GROUP);
  }

  /** Behind the last of the task's own keys. */
  public static byte[] ownEnd() {
    return new ByteWriter().fixed32(0xffffffff).toBytes();
  }

  /** What every entry of one state in one key group begins with, as an array of its own. */
  public static byte[] statePrefix(int keyGroup, int stateNumber) {
    return start(new ByteWriter(), keyGroup, stateNumber).toBytes();
  }

  /** The key group of a stored key. */
  public static int keyGroupOf(byte[] storedKey) {
    return new ByteReader(storedKey).fixed16();
  }

  /** The state number of a cell's stored key. */
  public static int stateNumberOf(byte[] storedKey) {
    return new ByteReader(storedKey, GROUP_BYTES, storedKey.length - GROUP_BYTES).fixed32();
  }

  /** What a cell's stored key says of the cell. */
  public static CellAddress cellOf(byte[] storedKey) {
    ByteReader in = new ByteReader(storedKey);
    in.fixed16();
    in.fixed32();
    byte[] key = in.lengthPrefixed();
    byte[] namespace = in.lengthPrefixed();
    return new CellAddress(key, namespace, storedKey.length - in.remaining());
  }

  /** The same key for a state of another number. */
  public static byte[] renumbered(byte[] storedKey, int stateNumber) {
    byte[] key = storedKey.clone();
    for (int i = 0; i < Integer.BYTES; i++) {
      key[GROUP_BYTES + i] = (byte) (stateNumber >>> (8 * (Integer.BYTES - 1 - i)));
    }
    return key;
  }

  /**
   * A cell's address, in its key group and state.
   *
   * @param key encoded
   * @param namespace as {@link NamespaceCodec} gave it
   * @param prefixLength how many bytes of the stored key all of the cell's entries have in common
   */
  @SuppressWarnings("ArrayRecordComponent") // Read at once, and not compared.
  public record CellAddress(byte[] key, byte[] namespace, int prefixLength) {}

  /** The name of a state in the dictionary. */
  public record DictionaryName(String transformName, String stateId) {}
}
