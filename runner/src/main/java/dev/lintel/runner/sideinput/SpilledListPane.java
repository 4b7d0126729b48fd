package dev.lintel.runner.sideinput;

import dev.lintel.runner.spill.RunCursor;
import dev.lintel.runner.spill.SortedRun;
import java.io.ByteArrayInputStream;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * A list pane that a file holds, in chunks. An element is found by its index: its chunk by binary
 * search in memory, and that is read. Lists and iterators that were got from it keep it, and so its
 * file, alive.
 */
final class SpilledListPane implements Pane.OfList {
  private final Origin origin;
  private final SortedRun run;
  private final ElementCodec codec;

  /** Where each chunk begins in the run, and where the last one ends. */
  private final long[] offsets;

  /** The index of the first element of each chunk, and how many elements there are. */
  private final long[] firsts;

  /**
   * The chunk that was read last: written and read by any thread, it only saves work. Neighbours
   * are often read one after the other by their index.
   */
  private volatile @Nullable Chunk last;

  private record Chunk(int number, Object[] elements) {}

  SpilledListPane(
      Origin origin, SortedRun run, ElementCodec codec, long[] offsets, long[] firsts) {
    this.origin = origin;
    this.run = run;
    this.codec = codec;
    this.offsets = offsets;
    this.firsts = firsts;
  }

  @Override
  public Origin origin() {
    return origin;
  }

  @Override
  public Iterable<?> elements() {
    return get();
  }

  @Override
  public List<Object> get() {
    return new ElementList();
  }

  private long size() {
    return firsts[firsts.length - 1];
  }

  private Object element(int index) {
    int found = Arrays.binarySearch(firsts, index);
    int number = found >= 0 ? found : -found - 2;
    Chunk chunk = last;
    if (chunk == null || chunk.number != number) {
      chunk = new Chunk(number, read(number));
      last = chunk;
    }
    return chunk.elements[(int) (index - firsts[number])];
  }

  private Object[] read(int number) {
    RunCursor cursor = run.cursor(offsets[number], offsets[number + 1]);
    cursor.next();
    ByteArrayInputStream in = new ByteArrayInputStream(cursor.value());
    Object[] elements = new Object[(int) (firsts[number + 1] - firsts[number])];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = codec.decode(in);
    }
    return elements;
  }

  private final class ElementList extends AbstractList<Object> implements RandomAccess {
    @Override
    public Object get(int index) {
      if (index < 0 || index >= SpilledListPane.this.size()) {
        throw new IndexOutOfBoundsException(
            "Expected an index from 0 to "
                + (SpilledListPane.this.size() - 1)
                + " of a side input, but it is "
                + index);
      }
      return element(index);
    }

    @Override
    public int size() {
      return (int) Math.min(Integer.MAX_VALUE, SpilledListPane.this.size());
    }

    @Override
    public Iterator<Object> iterator() {
      return new Chunks();
    }
  }

  private final class Chunks implements Iterator<Object> {
    private Object[] elements = new Object[0];
    private int next;
    private int nextChunk;

    @Override
    public boolean hasNext() {
      return next < elements.length || nextChunk < firsts.length - 1;
    }

    @Override
    public Object next() {
      if (!hasNext()) {
        throw new NoSuchElementException(
            "Expected a side input to have more than " + size() + " elements, but these are all");
      }
      if (next == elements.length) {
        elements = read(nextChunk++);
        next = 0;
      }
      return elements[next++];
    }
  }
}
