package dev.lintel.state;

import java.util.List;

/**
 * Does what a snapshot would have to do ahead of it, a little at a time: has what memory knows
 * written to the store in passes, each over what was changed during the one before, and the store's
 * memory to files. Then it keeps it so.
 *
 * <p>Each pass is shorter than the one before as long as fewer entries are changed between two
 * steps than a step writes.
 *
 * <p><i>Ownership:</i> the task's thread.
 */
final class SnapshotPreparation {
  /** What one step writes: a few milliseconds, even if they are kilobytes each. */
  private static final int ENTRIES_PER_STEP = 64;

  /** So little may be left for the snapshot itself. */
  private static final int UNWRITTEN_ENTRIES_MAX = 256;

  private static final int NO_PASS = -1;

  private final List<StoredPart> parts;
  private final Snapshots snapshots;

  /** Which part the pass is at. */
  private int part = NO_PASS;

  /**
   * @param parts read at each step
   */
  SnapshotPreparation(List<StoredPart> parts, Snapshots snapshots) {
    this.parts = parts;
    this.snapshots = snapshots;
  }

  /** See {@link TaskState#prepareSnapshot}. */
  Preparation step() {
    if (part == NO_PASS) {
      if (unwritten() <= UNWRITTEN_ENTRIES_MAX) {
        snapshots.prepare();
        return snapshots.isPreparing() ? Preparation.WAITING : Preparation.DONE;
      }
      part = 0;
    }
    if (!parts.get(part).flushSome(ENTRIES_PER_STEP) && ++part == parts.size()) {
      part = NO_PASS;
      snapshots.prepare();
    }
    return Preparation.WORKED;
  }

  private int unwritten() {
    int sum = 0;
    for (StoredPart each : parts) {
      sum += each.unwritten();
    }
    return sum;
  }

  /** All has been written. */
  void end() {
    part = NO_PASS;
  }
}
