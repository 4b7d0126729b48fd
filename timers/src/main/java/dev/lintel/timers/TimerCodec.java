package dev.lintel.timers;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.layout.ByteReader;
import dev.lintel.state.layout.ByteWriter;
import dev.lintel.state.layout.NamespaceCodec;
import dev.lintel.state.layout.StateKeyLayout;
import java.nio.charset.StandardCharsets;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The two records that the store keeps of a timer, behind what {@link StateKeyLayout} begins every
 * key with.
 *
 * <pre>{@code
 * by time:  keyGroup | timeNumber | domain:1 | timestamp:8 | hash of key:4 | identity
 * by id:    keyGroup | idNumber   | domain:1 | identity
 * identity: length, key | length, id | length, family | namespace
 * value of both: flags:1 (1 holds, 2 caused by drain) | timestamp:8 | outputTimestamp:8
 * }</pre>
 *
 * <p>The sign of the timestamp in the key is flipped, so that the order of unsigned bytes is the
 * order of time; the hash makes it the order of {@link TimerEntry#tie} as well. The key group comes
 * first: groups move between tasks.
 *
 * <p><i>Ownership:</i> one {@link StoredTimers}; what a method returns is valid until the next call
 * of the same kind. <i>Failure:</i> bytes that are no such record are refused with an {@link
 * IllegalArgumentException}.
 */
final class TimerCodec {
  private static final int VALUE_LENGTH = 17;
  private static final int HOLDS = 1;
  private static final int CAUSED_BY_DRAIN = 2;
  private static final int OTHER_NAMESPACE = 3;

  private final int timeNumber;
  private final int idNumber;
  private final int domain;
  private final Coder<? extends BoundedWindow> windowCoder;
  private final Interner<Object> interner = new Interner<>();
  private final ByteWriter key = new ByteWriter();
  private final ByteWriter value = new ByteWriter();

  TimerCodec(int timeNumber, int idNumber, int domain, Coder<? extends BoundedWindow> windowCoder) {
    this.timeNumber = timeNumber;
    this.idNumber = idNumber;
    this.domain = domain;
    this.windowCoder = windowCoder;
  }

  /** What all by-time keys of one key group begin with. */
  byte[] timePrefix(int keyGroup) {
    return startKey(keyGroup, timeNumber).toBytes();
  }

  /** What the by-time keys of one key group and timestamp begin with. */
  byte[] timePrefix(int keyGroup, long timestamp) {
    return startKey(keyGroup, timeNumber).orderedLong(timestamp).toBytes();
  }

  /** What all by-id keys of one key group begin with. */
  byte[] idPrefix(int keyGroup) {
    return startKey(keyGroup, idNumber).toBytes();
  }

  ByteWriter timeKey(int keyGroup, TimerIdentity timer, long timestamp) {
    startKey(keyGroup, timeNumber).orderedLong(timestamp).fixed32(timer.key.hashCode());
    return appendIdentity(timer);
  }

  ByteWriter idKey(int keyGroup, TimerIdentity timer) {
    startKey(keyGroup, idNumber);
    return appendIdentity(timer);
  }

  ByteWriter value(TimerEntry timer) {
    value.reset();
    value.write((timer.holds ? HOLDS : 0) | (timer.causedByDrain ? CAUSED_BY_DRAIN : 0));
    return value.fixed64(timer.timestamp).fixed64(timer.outputTimestamp);
  }

  /** The timer of a by-time record; in neither head nor tail yet. */
  TimerEntry decode(byte[] storedKey, byte[] storedValue) {
    ByteReader reader = new ByteReader(storedKey);
    int keyGroup = reader.fixed16();
    int number = reader.fixed32();
    int recordDomain = reader.read();
    if (number != timeNumber || recordDomain != domain) {
      throw new IllegalArgumentException(
          String.format(
              "Expected a timer of state %d, domain %d, but the key is of state %d, domain %d",
              timeNumber, domain, number, recordDomain));
    }
    long timestamp = reader.orderedLong();
    int keyHash = reader.fixed32();
    TimerIdentity identity = readIdentity(reader);
    if (identity.key.hashCode() != keyHash) {
      throw new IllegalArgumentException(
          "Expected a key with hash " + keyHash + ", but " + identity.key + " has another");
    }
    TimerEntry entry = new TimerEntry(identity, keyGroup);
    readValue(storedValue, entry);
    if (entry.timestamp != timestamp) {
      throw new IllegalArgumentException(
          "Expected timestamp " + timestamp + " as in the key, but it is " + entry.timestamp);
    }
    return entry;
  }

  /** Fills in what a value holds; the entry is as stored afterwards. */
  void readValue(byte[] storedValue, TimerEntry entry) {
    if (storedValue.length != VALUE_LENGTH) {
      throw new IllegalArgumentException(
          "Expected a timer's value of "
              + VALUE_LENGTH
              + " bytes, but it has "
              + storedValue.length);
    }
    ByteReader reader = new ByteReader(storedValue);
    int flags = reader.read();
    entry.holds = (flags & HOLDS) != 0;
    entry.causedByDrain = (flags & CAUSED_BY_DRAIN) != 0;
    entry.timestamp = reader.fixed64();
    entry.outputTimestamp = reader.fixed64();
    entry.stored = true;
    entry.storedTimestamp = entry.timestamp;
  }

  boolean holds(byte[] storedValue) {
    return (storedValue[0] & HOLDS) != 0;
  }

  long outputTimestamp(byte[] storedValue) {
    int length = Long.BYTES;
    return new ByteReader(storedValue, storedValue.length - length, length).fixed64();
  }

  private ByteWriter startKey(int keyGroup, int number) {
    StateKeyLayout.start(key, keyGroup, number).write(domain);
    return key;
  }

  private ByteWriter appendIdentity(TimerIdentity timer) {
    timer
        .key
        .writeTo(key)
        .lengthPrefixed(timer.id.getBytes(StandardCharsets.UTF_8))
        .lengthPrefixed(timer.family.getBytes(StandardCharsets.UTF_8));
    int namespaceStart = key.size();
    NamespaceCodec.encode(timer.namespace, key);
    if (key.array()[namespaceStart] == OTHER_NAMESPACE) {
      throw new IllegalArgumentException(
          "Expected a namespace of Beam's StateNamespaces, but "
              + timer.namespace
              + " is a "
              + timer.namespace.getClass().getName()
              + ", which can't be restored");
    }
    return key;
  }

  private TimerIdentity readIdentity(ByteReader reader) {
    EncodedKey userKey = new EncodedKey(reader.lengthPrefixed());
    String id = new String(reader.lengthPrefixed(), StandardCharsets.UTF_8);
    String family = new String(reader.lengthPrefixed(), StandardCharsets.UTF_8);
    StateNamespace namespace = readNamespace(reader.rest());
    return new TimerIdentity(
        userKey,
        (StateNamespace) interner.intern(namespace),
        (String) interner.intern(family),
        (String) interner.intern(id));
  }

  private StateNamespace readNamespace(byte[] bytes) {
    try {
      return NamespaceCodec.decode(bytes, windowCoder);
    } catch (ArithmeticException e) {
      // Beam's window coders compute the start of a window without looking whether there is one.
      throw new IllegalArgumentException(
          "Expected a window that " + windowCoder + " wrote, but its bounds overflow", e);
    }
  }
}
