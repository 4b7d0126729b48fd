package dev.lintel.runner.sideinput;

import dev.lintel.runner.spill.EntryCursor;
import dev.lintel.runner.spill.SortedRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.values.KV;
import org.jspecify.annotations.Nullable;

/**
 * A multimap pane that a file holds, sorted by encoded key: a look-up reads one place. Keys are
 * equal if their bytes are. Iterables and iterators that were got from it keep it, and so its file,
 * alive.
 */
final class SpilledMultimapPane implements Pane.OfMultimap {
  /** Values of one key up to this size are read at once; more are read as they are iterated. */
  static final int VALUES_BYTES_MAX = 64 << 10;

  /** Mostly one read of a look-up: to the next entry of the index, and the value. */
  private static final int LOOKUP_BUFFER_BYTES = MultimapPaneWriter.INDEX_BYTES + (1 << 10);

  private final Origin origin;
  private final SortedRun run;
  private final ElementCodec keys;
  private final ElementCodec values;

  /**
   * The last look-up: written and read by any thread, it only saves work. Beam's maps ask for a key
   * twice, whether it is there and what it has.
   */
  private volatile @Nullable Found last;

  private record Found(byte[] key, List<Object> values) {}

  SpilledMultimapPane(
      Origin origin, SortedRun run, ElementCodec keys, ElementCodec values) {
    this.origin = origin;
    this.run = run;
    this.keys = keys;
    this.values = values;
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public Iterable<?> elements() {
    return Elements::new;
  }

  @Override
  public Iterable<Object> get() {
    return Keys::new;
  }

  @Override
  public Iterable<Object> get(@Nullable Object key) {
    byte[] encoded = keys.encode(key);
    Found found = last;
    return found != null && Arrays.equals(found.key, encoded) ? found.values : find(encoded);
  }

  private Iterable<Object> find(byte[] key) {
    List<Object> found = new ArrayList<>(1);
    long bytes = 0;
    EntryCursor cursor = run.cursorAt(key, LOOKUP_BUFFER_BYTES);
    while (cursor.next() && Arrays.equals(cursor.key(), key)) {
      bytes += cursor.valueLength();
      if (bytes > VALUES_BYTES_MAX && !found.isEmpty()) {
        return () -> new Values(key);
      }
      found.add(values.decode(cursor.value()));
    }
    List<Object> readable = Collections.unmodifiableList(found);
    if (bytes <= VALUES_BYTES_MAX) {
      last = new Found(key, readable);
    }
    return readable;
  }

  /** All that was gathered. */
  private final class Elements implements Iterator<Object> {
    private final EntryCursor cursor = run.cursor();
    private boolean more = cursor.next();

    @Override
    public boolean hasNext() {
      return more;
    }

    @Override
    public Object next() {
      EntryCursor current = current(more, cursor);
      KV<Object, Object> element =
          KV.of(keys.decode(current.key()), values.decode(current.value()));
      more = cursor.next();
      return element;
    }
  }

  /** The keys, each once. */
  private final class Keys implements Iterator<Object> {
    private final EntryCursor cursor = run.cursor();
    private boolean more = cursor.next();

    @Override
    public boolean hasNext() {
      return more;
    }

    @Override
    public Object next() {
      byte[] key = current(more, cursor).key();
      do {
        more = cursor.next();
      } while (more && Arrays.equals(cursor.key(), key));
      return keys.decode(key);
    }
  }

  /** The values of one key. */
  private final class Values implements Iterator<Object> {
    private final byte[] key;
    private final EntryCursor cursor;
    private boolean more;

    Values(byte[] key) {
      this.key = key;
      cursor = run.cursorAt(key);
      step();
    }

    private void step() {
      more = cursor.next() && Arrays.equals(cursor.key(), key);
    }

    @Override
    public boolean hasNext() {
      return more;
    }

    @Override
    public Object next() {
      Object value = values.decode(current(more, cursor).value());
      step();
      return value;
    }
  }

  private static EntryCursor current(boolean more, EntryCursor cursor) {
    if (!more) {
      throw new NoSuchElementException("Expected more of a side input, but its end is reached");
    }
    return cursor;
  }
}
