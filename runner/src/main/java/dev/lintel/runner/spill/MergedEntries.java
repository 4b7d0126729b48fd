package dev.lintel.runner.spill;

import java.util.List;

/** Several {@link SortedEntries} as one; those of equal keys come in the order of the parts. */
final class MergedEntries implements SortedEntries {
  private final List<SortedEntries> parts;

  MergedEntries(List<SortedEntries> parts) {
    this.parts = List.copyOf(parts);
  }

  @Override
  public long size() {
    return parts.stream().mapToLong(SortedEntries::size).sum();
  }

  @Override
  public EntryCursor cursor() {
    return new RunMerger(parts.stream().map(SortedEntries::cursor).toList());
  }

  @Override
  public EntryCursor cursorAt(byte[] key) {
    return new RunMerger(parts.stream().map(part -> part.cursorAt(key)).toList());
  }

  @Override
  public void close() {
    parts.forEach(SortedEntries::close);
  }
}
