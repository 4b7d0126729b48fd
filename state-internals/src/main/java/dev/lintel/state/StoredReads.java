package dev.lintel.state;

import dev.lintel.state.store.OrderedStore.Cursor;
import dev.lintel.state.store.OrderedStore.Snapshot;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Values that are read from the store piece by piece, because they are larger than the cache wants:
 * each holds a snapshot of the store, and each iterator over it a cursor.
 *
 * <p>Beam has no call that ends the life of such an iterable. So snapshot and cursor are closed
 * when the garbage collector finds iterable or iterator unreachable: it only queues them, and the
 * task's thread closes them at its next write. A cursor that was read to its end is closed at once.
 *
 * <p><i>Ownership:</i> the task's thread, and this holds for the iterables too: what crosses to
 * another task must be copied. <i>Failure:</i> reading after the task's end throws {@link
 * IllegalStateException}.
 */
final class StoredReads {
  private final ReferenceQueue<Object> unreachable = new ReferenceQueue<>();
  private final Set<OpenRead> open = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Turns the entry under a cursor into elements. */
  interface Decoder<T> {
    Iterator<T> decode(byte[] key, byte[] value);
  }

  <T> Iterable<T> stream(Snapshot snapshot, Decoder<T> decoder) {
    closeUnreachable();
    StoredIterable<T> iterable = new StoredIterable<>(snapshot, decoder);
    open.add(new OpenRead(iterable, snapshot));
    return iterable;
  }

  void closeUnreachable() {
    for (Object read = unreachable.poll(); read != null; read = unreachable.poll()) {
      ((OpenRead) read).close();
    }
  }

  void closeAll() {
    new HashSet<>(open).forEach(OpenRead::close);
  }

  /** A native resource that lives as long as the object that reads it. */
  private final class OpenRead extends PhantomReference<Object> {
    private final AutoCloseable resource;

    OpenRead(Object reader, AutoCloseable resource) {
      super(reader, unreachable);
      this.resource = resource;
    }

    void close() {
      open.remove(this);
      try {
        resource.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("Expected a read of state to close, but it failed", e);
      }
    }
  }

  private final class StoredIterable<T> implements StreamedIterable<T> {
    private final Snapshot snapshot;
    private final Decoder<T> decoder;

    StoredIterable(Snapshot snapshot, Decoder<T> decoder) {
      this.snapshot = snapshot;
      this.decoder = decoder;
    }

    @Override
    public Iterator<T> iterator() {
      return new StoredIterator<>(this, snapshot.scan());
    }
  }

  private final class StoredIterator<T> implements Iterator<T> {
    /** Kept reachable, and with it the snapshot, while somebody iterates. */
    private final StoredIterable<T> source;

    private final Cursor cursor;
    private final OpenRead read;
    private @Nullable Iterator<T> piece;
    private boolean ended;

    StoredIterator(StoredIterable<T> source, Cursor cursor) {
      this.source = source;
      this.cursor = cursor;
      this.read = new OpenRead(this, cursor);
      open.add(read);
    }

    @Override
    public boolean hasNext() {
      while (piece == null || !piece.hasNext()) {
        if (ended || !cursor.next()) {
          if (!ended) {
            ended = true;
            read.close();
          }
          return false;
        }
        piece = source.decoder.decode(cursor.key(), cursor.value());
      }
      return true;
    }

    @Override
    public T next() {
      if (!hasNext() || piece == null) {
        throw new NoSuchElementException("Expected another element of the state, but it has ended");
      }
      return piece.next();
    }
  }
}
