package dev.lintel.timers;

/** What a timer is set to. Milliseconds. */
record TimerTarget(long timestamp, long outputTimestamp, boolean causedByDrain) {
  boolean isOf(TimerEntry timer) {
    return timer.timestamp == timestamp
        && timer.outputTimestamp == outputTimestamp
        && timer.causedByDrain == causedByDrain;
  }
}
