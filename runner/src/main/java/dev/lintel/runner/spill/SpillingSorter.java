package dev.lintel.runner.spill;

import java.util.ArrayList;
import java.util.List;

/**
 * Sorts entries that may be more than memory holds: those that its share of the memory budget has
 * no room for are written as sorted runs. Entries with equal keys stay in the order of their
 * adding.
 *
 * <p><i>Ownership:</i> one thread; the {@link SortedEntries} that it makes are for any. <i>Failure:
 * </i> {@link SpillException}; the sorter is then only closed.
 */
public final class SpillingSorter implements AutoCloseable {
  private final RunTiers runs;
  private final MemoryBudget.Share share;
  private EntryBuffer buffer = new EntryBuffer();

  /**
   * @param share closed by the {@link SortedEntries} that are made, or by {@link #close}
   */
  public SpillingSorter(SpillDirectory directory, MemoryBudget.Share share) {
    this.runs = new RunTiers(directory, true);
    this.share = share;
  }

  /** Adds an entry, of which a copy is made. */
  public void add(byte[] key, byte[] value) {
    buffer.add(key, value);
    if (!share.hold(buffer.memoryBytes())) {
      spill();
    }
  }

  private void spill() {
    buffer.sort();
    SortedRunWriter writer = runs.newRun();
    EntryCursor cursor = buffer.cursor();
    while (cursor.next()) {
      writer.append(cursor.key(), cursor.value());
    }
    runs.add(writer.finish());
    buffer = new EntryBuffer();
    share.release();
  }

  /** All entries, sorted: what memory holds stays there. Nothing can be added any more. */
  public SortedEntries finish() {
    List<SortedEntries> parts = new ArrayList<>(runs.runs());
    buffer.sort();
    parts.add(new Held(buffer, share));
    return parts.size() == 1 ? parts.get(0) : new MergedEntries(parts);
  }

  /** Gives everything up, instead of {@link #finish}. */
  @Override
  public void close() {
    runs.close();
    share.close();
  }

  /** Entries in memory together with the share that they are held by. */
  private record Held(EntryBuffer buffer, MemoryBudget.Share share) implements SortedEntries {
    @Override
    public long size() {
      return buffer.size();
    }

    @Override
    public EntryCursor cursor() {
      return buffer.cursor();
    }

    @Override
    public EntryCursor cursorAt(byte[] key) {
      return buffer.cursorAt(key);
    }

    @Override
    public void close() {
      buffer.close();
      share.close();
    }
  }
}
