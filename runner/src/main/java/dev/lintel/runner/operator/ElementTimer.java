package dev.lintel.runner.operator;

import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A timer as a {@code @ProcessElement} method sets it; one object for all elements. What may be
 * set, and what it holds, is as in Beam's {@code SimpleDoFnRunner}:
 *
 * <ul>
 *   <li>Unless the DoFn says otherwise, an event-time timer holds the watermark at its own time,
 *       the others at that of the element.
 *   <li>What holds is not before the element, less the skew that the DoFn allows.
 *   <li>Neither hold nor event time are after the window has expired.
 * </ul>
 */
final class ElementTimer implements Timer {
  /** Of a timer that holds nothing. */
  private static final Instant NO_HOLD = BoundedWindow.TIMESTAMP_MAX_VALUE.plus(Duration.millis(1));

  private final Setting setting;
  private final String familyId;
  private final String timerId;
  private final TimeDomain domain;

  private @Nullable BoundedWindow window;
  private @Nullable StateNamespace namespace;
  private Instant elementTimestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;
  private @Nullable Instant outputTimestamp;
  private boolean holdsNothing;
  private Duration period = Duration.ZERO;
  private Duration offset = Duration.ZERO;

  /** What all timers of a DoFn have in common. */
  record Setting(DoFn<Object, Object> fn, TimerInternals timers, Duration allowedLateness) {}

  ElementTimer(Setting setting, String familyId, String timerId, TimeDomain domain) {
    this.setting = setting;
    this.familyId = familyId;
    this.timerId = timerId;
    this.domain = domain;
  }

  /** Makes it the timer of an element. */
  void begin(BoundedWindow elementWindow, StateNamespace elementNamespace, Instant timestamp) {
    window = elementWindow;
    namespace = elementNamespace;
    elementTimestamp = timestamp;
    outputTimestamp = null;
    holdsNothing = false;
    period = Duration.ZERO;
    offset = Duration.ZERO;
  }

  @Override
  public void set(Instant absoluteTime) {
    Instant held = outputTimestamp(absoluteTime);
    setting.timers.setTimer(namespace(), timerId, familyId, absoluteTime, held, domain);
  }

  @Override
  public void setRelative() {
    Instant now = getCurrentRelativeTime();
    Instant target = now.plus(offset);
    if (period.getMillis() != 0) {
      long beyond = target.getMillis() % period.getMillis();
      target = beyond == 0 ? now : now.plus(period).minus(beyond);
    }
    if (domain == TimeDomain.EVENT_TIME && target.isAfter(expiry())) {
      target = expiry();
    }
    set(target);
  }

  @Override
  public void clear() {
    setting.timers.deleteTimer(namespace(), timerId, familyId, domain);
  }

  @Override
  public Timer offset(Duration newOffset) {
    offset = newOffset;
    return this;
  }

  @Override
  public Timer align(Duration newPeriod) {
    period = newPeriod;
    return this;
  }

  @Override
  public Timer withOutputTimestamp(Instant timestamp) {
    outputTimestamp = timestamp;
    holdsNothing = false;
    return this;
  }

  @Override
  public Timer withNoOutputTimestamp() {
    outputTimestamp = null;
    holdsNothing = true;
    return this;
  }

  @Override
  public Instant getCurrentRelativeTime() {
    return switch (domain) {
      case EVENT_TIME -> setting.timers.currentInputWatermarkTime();
      case PROCESSING_TIME -> setting.timers.currentProcessingTime();
      case SYNCHRONIZED_PROCESSING_TIME -> {
        Instant now = setting.timers.currentSynchronizedProcessingTime();
        if (now == null) {
          throw new IllegalStateException("Expected a synchronized processing time");
        }
        yield now;
      }
    };
  }

  /** Where the watermark is held until the timer fires. Setting it again keeps that, as in Beam. */
  private Instant outputTimestamp(Instant target) {
    if (holdsNothing) {
      return NO_HOLD;
    }
    boolean inEventTime = domain == TimeDomain.EVENT_TIME;
    Instant held = outputTimestamp;
    if (held == null) {
      held = inEventTime ? target : elementTimestamp;
      outputTimestamp = held;
    } else {
      requireNotBeforeElement(held);
    }
    Instant expiry = expiry();
    if (held.isAfter(expiry)) {
      throw new IllegalArgumentException(
          String.format(
              "Attempted to set %s timer with an output timestamp of %s that is after the"
                  + " expiration of window %s",
              inEventTime ? "an event-time" : "a processing-time", held, expiry));
    }
    if (inEventTime && target.isAfter(expiry)) {
      throw new IllegalArgumentException(
          String.format(
              "Attempted to set an event-time timer with a firing timestamp of %s that is after the"
                  + " expiration of window %s",
              target, expiry));
    }
    return held;
  }

  private void requireNotBeforeElement(Instant held) {
    if (ElementContext.isOutOfBounds(setting.fn, elementTimestamp, held)) {
      throw new IllegalArgumentException(
          "Cannot output timer with output timestamp "
              + ElementContext.boundsText(setting.fn, elementTimestamp, held));
    }
  }

  private Instant expiry() {
    return LateDataUtils.garbageCollectionTime(current(window), setting.allowedLateness);
  }

  private StateNamespace namespace() {
    return current(namespace);
  }

  private static <T> T current(@Nullable T ofElement) {
    if (ofElement == null) {
      throw new IllegalStateException("Expected a timer of an element, but none has begun");
    }
    return ofElement;
  }
}
