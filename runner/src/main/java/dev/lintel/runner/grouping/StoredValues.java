package dev.lintel.runner.grouping;

import dev.lintel.runner.spill.RunCursor;
import dev.lintel.runner.spill.SortedRun;
import dev.lintel.state.layout.ByteReader;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.jspecify.annotations.Nullable;

/**
 * The values of a group that is too large to be held in memory: each iteration reads them from the
 * runs anew.
 *
 * <p><i>Threads:</i> immutable; any, each with an iterator of its own. <i>Failure:</i> reading
 * after the job has ended is a {@link dev.lintel.runner.spill.SpillException}.
 */
final class StoredValues implements Iterable<@Nullable Object> {
  private final SortedRun[] runs;
  private final Extents extents;
  private final int headerBytes;
  private final Coder<Object> coder;

  /**
   * @param extents not changed any more
   * @param headerBytes of each part, before its values
   */
  StoredValues(SortedRun[] runs, Extents extents, int headerBytes, Coder<Object> coder) {
    this.runs = runs;
    this.extents = extents;
    this.headerBytes = headerBytes;
    this.coder = coder;
  }

  @Override
  public Iterator<@Nullable Object> iterator() {
    return new Values();
  }

  @Override
  public String toString() {
    return "values in " + extents.size() + " places of " + runs.length + " spilled runs";
  }

  private final class Values implements Iterator<@Nullable Object> {
    private int nextExtent;
    private @Nullable RunCursor cursor;
    private ByteReader part = new ByteReader(new byte[0]);
    private int leftInPart;

    @Override
    public boolean hasNext() {
      while (leftInPart == 0) {
        RunCursor current = cursor;
        if (current != null && current.next()) {
          byte[] value = current.value();
          part = new ByteReader(value, headerBytes, value.length - headerBytes);
          leftInPart = part.fixed32();
        } else if (nextExtent < extents.size()) {
          cursor =
              runs[extents.run(nextExtent)].cursor(
                  extents.from(nextExtent), extents.to(nextExtent));
          nextExtent++;
        } else {
          return false;
        }
      }
      return true;
    }

    @Override
    public @Nullable Object next() {
      if (!hasNext()) {
        throw new NoSuchElementException("Expected hasNext() to be asked before next()");
      }
      leftInPart--;
      return Coding.decode(coder, part);
    }
  }
}
