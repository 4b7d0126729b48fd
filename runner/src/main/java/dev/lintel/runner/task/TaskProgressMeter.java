package dev.lintel.runner.task;

/** Counts a task's elements and says when the next report is due. */
final class TaskProgressMeter {
  private final long reportMillis;
  private long nextReportMillis = Long.MIN_VALUE;
  private long elementsIn;

  TaskProgressMeter(long reportMillis) {
    this.reportMillis = reportMillis;
  }

  void elementsIn(long count) {
    elementsIn += count;
  }

  long elementsIn() {
    return elementsIn;
  }

  /** True once every {@code reportMillis}. */
  boolean isDue(long nowMillis) {
    if (nextReportMillis == Long.MIN_VALUE) {
      nextReportMillis = nowMillis + reportMillis;
      return false;
    }
    if (nowMillis < nextReportMillis) {
      return false;
    }
    nextReportMillis = nowMillis + reportMillis;
    return true;
  }
}
