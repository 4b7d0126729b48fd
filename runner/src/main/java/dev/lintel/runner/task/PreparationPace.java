package dev.lintel.runner.task;

/**
 * How much of a task's time goes to the preparation of a snapshot: as little as gets it done.
 *
 * <p>While some entries are written, elements change others. If {@code c} entries are changed in a
 * second of work, and {@code w} written in a second of writing, then a share {@code s} of the time
 * leaves, of each entry that is written, {@code (1 - s) / s * c / w} that have been changed
 * meanwhile. The share is chosen such that this is a half: so each pass over what is unwritten is
 * half as long as the one before, and a task that has little to do, or changes little, is hardly
 * slower than without a checkpoint. Time in which there is nothing else to do is used in any case.
 *
 * <p>Few entries that are all changed again and again, while each pass is written, are no reason to
 * slow the task down: what a snapshot writes within {@link #HOT_NANOS} gets half of the time, and
 * is left to the snapshot when a pass has not made it less.
 *
 * <p><i>Ownership:</i> one task, for one snapshot. All times are those of one clock, in
 * nanoseconds.
 */
final class PreparationPace {
  /** How long work waits for a piece of it. */
  private static final long PIECE_NANOS = 2_000_000;

  /** How long the snapshot itself may take to write what is left. */
  private static final long LEFT_NANOS = 20_000_000;

  /** How long the snapshot may take to write what is changed as fast as it is written. */
  private static final long HOT_NANOS = 60_000_000;

  private static final int FIRST_PIECE_ENTRIES = 64;
  private static final int PIECE_ENTRIES_MIN = 16;
  private static final int PIECE_ENTRIES_MAX = 1_024;
  private static final int LEFT_ENTRIES_MIN = 64;
  private static final int LEFT_ENTRIES_MAX = 1 << 14;
  private static final int HOT_ENTRIES_MAX = 1 << 17;
  private static final double SHARE_MIN = 0.1;
  private static final double SHARE_MAX = 0.9;
  private static final double SHARE_MAX_HOT = 0.5;

  /** What was longer ago counts half, again and again. */
  private static final long MEMORY_NANOS = 200_000_000;

  private double changed;
  private double workNanos;
  private double written;
  private double writeNanos;

  private long nowNanos;
  private int unwritten;

  /** What was unwritten when the pass began, and how much has been written since. */
  private int passEntries;

  private int passWritten;

  /** How many entries a pass has not made less; none as long as each has. */
  private int hotEntries;

  /**
   * @param unwritten how many entries are to be written now
   */
  PreparationPace(long nowNanos, int unwritten) {
    this.nowNanos = nowNanos;
    this.unwritten = unwritten;
    this.passEntries = unwritten;
  }

  /**
   * Told after some work, perhaps none.
   *
   * @param idle there was nothing else to do
   * @return whether it is time to write
   */
  boolean mayWrite(long nowNanos, int unwritten, boolean idle) {
    workNanos += nowNanos - this.nowNanos;
    changed += Math.max(0, unwritten - this.unwritten);
    advance(nowNanos, unwritten);
    double share = share();
    return idle || writeNanos * (1 - share) <= workNanos * share;
  }

  /** Told after a piece was written. */
  void written(long nowNanos, int unwritten) {
    writeNanos += nowNanos - this.nowNanos;
    int piece = Math.max(0, this.unwritten - unwritten);
    written += piece;
    advance(nowNanos, unwritten);
    passWritten += piece;
    if (passWritten >= passEntries) {
      // A quarter less is less; a quarter more is what comes and goes.
      hotEntries = unwritten > passEntries - passEntries / 4 ? unwritten + unwritten / 4 : 0;
      passEntries = unwritten;
      passWritten = 0;
    }
  }

  private void advance(long nowNanos, int unwritten) {
    this.nowNanos = nowNanos;
    this.unwritten = unwritten;
    if (workNanos + writeNanos > MEMORY_NANOS) {
      changed /= 2;
      workNanos /= 2;
      written /= 2;
      writeNanos /= 2;
    }
  }

  private double share() {
    if (workNanos <= 0 || written <= 0) {
      return SHARE_MIN;
    }
    double changedPerNano = changed / workNanos;
    double writtenPerNano = written / Math.max(1, writeNanos);
    double share = 2 * changedPerNano / (2 * changedPerNano + writtenPerNano);
    double max = unwritten <= hotEntriesMax() ? SHARE_MAX_HOT : SHARE_MAX;
    return Math.min(max, Math.max(SHARE_MIN, share));
  }

  /** How many entries make a piece. */
  int entriesMax() {
    return entriesIn(PIECE_NANOS, FIRST_PIECE_ENTRIES, PIECE_ENTRIES_MIN, PIECE_ENTRIES_MAX);
  }

  /** How many entries may be left to the snapshot itself. */
  int enough() {
    int left = entriesIn(LEFT_NANOS, LEFT_ENTRIES_MIN, LEFT_ENTRIES_MIN, LEFT_ENTRIES_MAX);
    return Math.max(left, Math.min(hotEntries, hotEntriesMax()));
  }

  private int hotEntriesMax() {
    return entriesIn(HOT_NANOS, LEFT_ENTRIES_MIN, LEFT_ENTRIES_MIN, HOT_ENTRIES_MAX);
  }

  /** How many are written in a time, or a guess before any was. */
  private int entriesIn(long nanos, int guess, int min, int max) {
    if (writeNanos <= 0 || written <= 0) {
      return guess;
    }
    return (int) Math.min(max, Math.max(min, nanos * written / writeNanos));
  }
}
