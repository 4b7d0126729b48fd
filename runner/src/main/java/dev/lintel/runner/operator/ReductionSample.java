package dev.lintel.runner.operator;

/**
 * Whether a partial combine brings something: samples how many values find their key. When too few
 * do, it answers no for a while, each time twice as long, before it looks again.
 */
final class ReductionSample {
  private static final int SAMPLE_ELEMENTS = 4_096;

  /**
   * One of so many has to find its key: what it saves, an exchange and a look-up in state, costs a
   * few times as much as the table does.
   */
  private static final int WORTHWHILE_ONE_OF = 4;

  private static final int PAUSE_MIN = 16 * SAMPLE_ELEMENTS;
  private static final int PAUSE_MAX = 256 * SAMPLE_ELEMENTS;

  private int left = SAMPLE_ELEMENTS;
  private int found;
  private int pause = PAUSE_MIN;
  private boolean pausing;

  /** Asked for each element. */
  boolean isWorthwhile() {
    if (--left < 0) {
      decide();
    }
    return !pausing;
  }

  /** The element that was asked for has found its key. */
  void found() {
    found++;
  }

  private void decide() {
    boolean worthwhile = pausing || found >= SAMPLE_ELEMENTS / WORTHWHILE_ONE_OF;
    if (worthwhile) {
      pause = pausing ? pause : PAUSE_MIN;
      pausing = false;
      left = SAMPLE_ELEMENTS;
    } else {
      pausing = true;
      left = pause;
      pause = Math.min(2 * pause, PAUSE_MAX);
    }
    found = 0;
  }
}
