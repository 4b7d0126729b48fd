package dev.lintel.runner.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Prepares the snapshots of a task that is imagined, and whose time goes by as it works. */
class PreparationPaceTest {
  private static final long SECOND = 1_000_000_000;
  private static final int WRITE_NANOS = 3_000;
  private static final int BUNDLE_NANOS = 500_000;

  private long nowNanos = 5 * SECOND;
  private int unwritten = 50_000;
  private long writeNanos;

  private void write(PreparationPace pace) {
    int written = Math.min(pace.entriesMax(), unwritten);
    unwritten -= written;
    nowNanos += written * WRITE_NANOS;
    writeNanos += written * WRITE_NANOS;
    pace.written(nowNanos, unwritten);
  }

  /**
   * Works in bundles of half a millisecond, as long as too much is unwritten.
   *
   * @return the part of the time that went to the preparation
   */
  private double prepare(int changesPerBundle, boolean idle) {
    long begin = nowNanos;
    PreparationPace pace = new PreparationPace(nowNanos, unwritten);
    while (unwritten > pace.enough()) {
      nowNanos += BUNDLE_NANOS;
      unwritten += changesPerBundle;
      if (pace.mayWrite(nowNanos, unwritten, idle)) {
        write(pace);
      }
      assertThat(nowNanos - begin).as("time").isLessThan(10 * SECOND);
    }
    return (double) writeNanos / (nowNanos - begin);
  }

  @Test
  void aTaskThatChangesLittleIsHardlySlower() {
    assertThat(prepare(5, false)).isBetween(0.05, 0.15);
  }

  @Test
  void aTaskThatChangesHalfOfWhatCanBeWrittenStaysAtItsWorkForHalfOfTheTime() {
    assertThat(prepare(BUNDLE_NANOS / WRITE_NANOS / 2, false)).isBetween(0.4, 0.6);
  }

  /** Otherwise the snapshot itself would have to write everything. */
  @Test
  void aTaskThatChangesMoreThanCanBeWrittenIsSlowedDown() {
    assertThat(prepare(3 * BUNDLE_NANOS / WRITE_NANOS, false)).isGreaterThan(0.7);
  }

  /** 15,000 of them take 45 ms: a snapshot may, and preparing them would be for nothing. */
  @Test
  void fewEntriesThatAreAlwaysChangedAreLeftToTheSnapshot() {
    int hot = 15_000;
    unwritten = hot;
    PreparationPace pace = new PreparationPace(nowNanos, unwritten);
    long begin = nowNanos;
    while (unwritten > pace.enough()) {
      nowNanos += BUNDLE_NANOS;
      unwritten = Math.min(hot, unwritten + hot / 3);
      if (pace.mayWrite(nowNanos, unwritten, false)) {
        write(pace);
      }
      assertThat(nowNanos - begin).as("time").isLessThan(SECOND / 2);
    }
    assertThat((double) writeNanos / (nowNanos - begin)).isLessThan(0.55);
    assertThat(pace.enough()).as("more than in twenty milliseconds").isGreaterThan(10_000);
  }

  @Test
  void timeThatNobodyNeedsIsUsed() {
    assertThat(prepare(1, true)).isGreaterThan(0.7);
  }

  @Test
  void whatIsLeftAndAPieceAreMeasuredInTime() {
    PreparationPace pace = new PreparationPace(nowNanos, 100_000);
    int unknown = pace.enough();
    nowNanos += SECOND / 100;

    pace.written(nowNanos, 99_000);
    assertThat(pace.enough()).isEqualTo(2_000);
    assertThat(pace.entriesMax()).isEqualTo(200);

    nowNanos += 20 * SECOND;
    pace.written(nowNanos, 98_990);
    assertThat(pace.enough()).as("entries of megabytes").isEqualTo(unknown);
  }
}
