package dev.lintel.runner.grouping;

import dev.lintel.runner.spill.RunCursor;
import dev.lintel.runner.spill.RunMerger;
import dev.lintel.runner.spill.SortedRun;
import dev.lintel.state.layout.ByteReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entry at which the merging of a task's runs stands: a part of a group. It is read from disk
 * only if somebody asks for its content.
 */
final class StoredPart {
  private final SortedRun[] runs;
  private final RunCursor[] cursors;
  private final RunMerger merger;
  private final int headerBytes;
  private byte @Nullable [] value;

  StoredPart(List<SortedRun> runs, int headerBytes) {
    this.headerBytes = headerBytes;
    this.runs = runs.toArray(SortedRun[]::new);
    this.cursors = runs.stream().map(SortedRun::cursor).toArray(RunCursor[]::new);
    this.merger = new RunMerger(List.of(cursors));
  }

  /** Goes to the next part, of the same group or of another one; false if there is none. */
  boolean next() {
    value = null;
    return merger.next();
  }

  byte[] sortKey() {
    return merger.key();
  }

  /** About how large the content is. */
  int bytes() {
    return merger.valueLength();
  }

  /** What the aggregation wrote. */
  ByteReader content() {
    byte[] bytes = value();
    return new ByteReader(bytes, headerBytes, bytes.length - headerBytes);
  }

  /** The timestamp of a group whose header has one. */
  long timestampMillis() {
    return new ByteReader(value()).orderedLong();
  }

  private byte[] value() {
    byte[] bytes = value;
    if (bytes == null) {
      bytes = merger.value();
      value = bytes;
    }
    return bytes;
  }

  int headerBytes() {
    return headerBytes;
  }

  SortedRun[] runs() {
    return runs;
  }

  int run() {
    return merger.source();
  }

  /** Where the part begins in its run. */
  long from() {
    return cursors[merger.source()].entryOffset();
  }

  /** Where it ends. */
  long to() {
    return cursors[merger.source()].entryEnd();
  }
}
