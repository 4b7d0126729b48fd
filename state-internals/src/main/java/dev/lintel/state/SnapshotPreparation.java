package dev.lintel.state;

import java.util.List;

/**
 * Does what a snapshot would have to do ahead of it, a little at a time: has what memory knows
 * written to the store in passes, each over what was changed during the one before, until little is
 * left, and the store's memory to files. Then it keeps it so.
 *
 * <p>How much is written in which time, and how little is little, is up to the caller.
 *
 * <p><i>Ownership:</i> the task's thread.
 */
final class SnapshotPreparation {
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
  Preparation step(int entriesMax, int enough) {
    if (unwritten() <= enough) {
      part = NO_PASS;
      snapshots.prepare();
      return snapshots.isPreparing() ? Preparation.WAITING : Preparation.DONE;
    }
    if (part == NO_PASS) {
      part = 0;
    }
    if (!parts.get(part).flushSome(entriesMax) && ++part == parts.size()) {
      part = NO_PASS;
      snapshots.prepare();
    }
    return Preparation.WORKED;
  }

  /** See {@link TaskState#unwritten}. */
  int unwritten() {
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
