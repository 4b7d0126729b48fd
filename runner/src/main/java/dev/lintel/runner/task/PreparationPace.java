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
 * <p><i>Ownership:</i> one task, for one snapshot. All times are those of one clock, in
 * nanoseconds.
 */
final class PreparationPace {
  /** How long work waits for a piece of it. */
  private static final long PIECE_NANOS = 2_000_000;

  /** How long the snapshot itself may take to write what is left. */
  private static final long LEFT_NANOS = 4_000_000;

  private static final int FIRST_PIECE_ENTRIES = 64;
  private static final int PIECE_ENTRIES_MIN = 16;
  private static final int PIECE_ENTRIES_MAX = 1_024;
  private static final int LEFT_ENTRIES_MIN = 64;
  private static final int LEFT_ENTRIES_MAX = 1 << 14;
  private static final double SHARE_MIN = 0.1;
  private static final double SHARE_MAX = 0.9;

  /** What was longer ago counts half, again and again. */
  private static final long MEMORY_NANOS = 200_000_000;

  private double changed;
  private double workNanos;
  private double written;
  private double writeNanos;

  private long nowNanos;
  private int unwritten;

  /**
   * @param unwritten how many entries are to be written now
   */
  PreparationPace(long nowNanos, int unwritten) {
    this.nowNanos = nowNanos;
    this.unwritten = unwritten;
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
    written += Math.max(0, this.unwritten - unwritten);
    advance(nowNanos, unwritten);
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
    return Math.min(SHARE_MAX, Math.max(SHARE_MIN, share));
  }

  /** How many entries make a piece. */
  int entriesMax() {
    return entriesIn(PIECE_NANOS, FIRST_PIECE_ENTRIES, PIECE_ENTRIES_MIN, PIECE_ENTRIES_MAX);
  }

  /** How many entries may be left to the snapshot itself. */
  int enough() {
    return entriesIn(LEFT_NANOS, LEFT_ENTRIES_MIN, LEFT_ENTRIES_MIN, LEFT_ENTRIES_MAX);
  }

  /** How many are written in a time, or a guess before any was. */
  private int entriesIn(long nanos, int guess, int min, int max) {
    if (writeNanos <= 0 || written <= 0) {
      return guess;
    }
    return (int) Math.min(max, Math.max(min, nanos * written / writeNanos));
  }
}
