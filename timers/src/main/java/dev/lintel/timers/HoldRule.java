package dev.lintel.timers;

import org.apache.beam.runners.core.StatefulDoFnRunner.TimeInternalsCleanupTimer;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Which timers hold the output watermark at their output timestamp while they are set.
 *
 * <p>Taken from DirectRunner ({@code WatermarkManager} counts event-time timers, {@code
 * StatefulParDoEvaluatorFactory} adds a hold for each timer of a user's) and FlinkRunner ({@code
 * DoFnOperator} counts every timer), less what can't change a result or is known to be wrong:
 *
 * <ul>
 *   <li>An output timestamp after the end of time ({@code Timer.withNoOutputTimestamp()}) holds
 *       nothing.
 *   <li>An event-time timer holds only if its output timestamp is before its own: up to its own
 *       timestamp the input watermark holds it anyway, as the timer fires before the output
 *       watermark passes that. (The operator must not let the output watermark pass {@link
 *       KeyedTimerInternals#nextEventTimeMillis()}.) So the timers of {@code ReduceFnRunner}, whose
 *       elements {@code WatermarkHold} holds, cost nothing here.
 *   <li>A clean-up timer doesn't hold (apache/beam#17809), unless the DoFn outputs in
 *       {@code @OnWindowExpiration}.
 *   <li>A processing-time timer that Beam itself made, by {@code TimerData.of(namespace, timestamp,
 *       …)}, doesn't hold: triggers and splittable DoFns keep watermark hold state besides, and
 *       give the wall clock as the output timestamp, which is no event time.
 * </ul>
 */
final class HoldRule {
  private final TimeDomain domain;
  private final boolean cleanUpTimersHold;

  HoldRule(TimeDomain domain, boolean cleanUpTimersHold) {
    this.domain = domain;
    this.cleanUpTimersHold = cleanUpTimersHold;
  }

  boolean holds(TimerIdentity timer, long timestamp, long outputTimestamp) {
    if (outputTimestamp > BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()) {
      return false;
    }
    if (domain == TimeDomain.EVENT_TIME) {
      return outputTimestamp < timestamp && (cleanUpTimersHold || !isCleanUp(timer));
    }
    return outputTimestamp != timestamp || !isMadeByBeam(timer, timestamp);
  }

  private static boolean isCleanUp(TimerIdentity timer) {
    return timer.family.isEmpty() && TimeInternalsCleanupTimer.GC_TIMER_ID.equals(timer.id);
  }

  private boolean isMadeByBeam(TimerIdentity timer, long timestamp) {
    return timer.family.isEmpty() && timer.id.equals(domain.ordinal() + ":" + timestamp);
  }
}
