package dev.lintel.timers;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.HoldListener;
import dev.lintel.state.KeyGroups;
import dev.lintel.state.StoredPart;
import dev.lintel.state.TaskState;
import java.util.function.Consumer;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.CausedByDrain;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Beam's {@link TimerInternals} of one operator in one task: the timers of all its keys, in the
 * order in which they fire, durable in the store of the task.
 *
 * <p><i>Contract:</i>
 *
 * <ul>
 *   <li>A timer is (key, namespace, family, id) within its time domain. Setting it again replaces
 *       timestamp and output timestamp; the same id in another domain is another timer.
 *   <li>A timer is due once its clock is strictly past its timestamp, as in Beam's {@code
 *       InMemoryTimerInternals}. {@link TimeDomain#SYNCHRONIZED_PROCESSING_TIME} has a clock and a
 *       queue of its own.
 *   <li>Clocks move only when they are told to, never back (but see {@link #restart}). They are not
 *       stored: after a restore they begin at the beginning of time, and the timers wait until they
 *       have been moved on.
 *   <li>{@link #pollDue} gives the timers of a domain in the order of their timestamps over all
 *       keys (those of one key and one timestamp together), event time first. What user code sets
 *       or deletes meanwhile takes part.
 *   <li>Timers hold the watermark as {@link HoldRule} says. A hold goes with {@link #pollDue},
 *       before user code has run: the watermark comes last in a bundle. The operator's output
 *       watermark is the smallest of its input watermark, its smallest hold and {@link
 *       #nextEventTimeMillis()}.
 * </ul>
 *
 * <p><i>Ownership:</i> one task, one thread. <i>Failure:</i> see {@code OrderedStore}; a clock that
 * is moved back, or a key of a group that the task does not own, is a bug and throws.
 */
public final class KeyedTimerInternals implements TimerInternals, StoredPart {
  private final String transformName;
  private final TaskState state;
  private final TimerQueue eventTimers;
  private final TimerQueue processingTimers;
  private final TimerQueue synchronizedTimers;

  /** How many domains the pass of {@link #flushSome} is through with. */
  private int domainsPassed;

  private final Interner<Object> interner = new Interner<>();

  private @Nullable EncodedKey currentKey;
  private Instant inputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
  private Instant outputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
  private Instant processingTime = BoundedWindow.TIMESTAMP_MIN_VALUE;
  private Instant synchronizedTime = BoundedWindow.TIMESTAMP_MIN_VALUE;

  /** With {@link TimerOptions#DEFAULT}. */
  public KeyedTimerInternals(
      TaskState state,
      String transformName,
      Coder<? extends BoundedWindow> windowCoder,
      HoldListener holds) {
    this(state, transformName, windowCoder, holds, TimerOptions.DEFAULT);
  }

  /**
   * Opens the timers of an operator with what the store has of them, and attaches them to the
   * state; their holds are reported to {@code holds}.
   *
   * @param transformName the transform's unique name, which addresses its timers in the store
   * @param windowCoder the coder of the windows of the operator's input; it must be deterministic
   */
  public KeyedTimerInternals(
      TaskState state,
      String transformName,
      Coder<? extends BoundedWindow> windowCoder,
      HoldListener holds,
      TimerOptions options) {
    this.transformName = transformName;
    this.state = state;
    int timeNumber = state.stateNumber(transformName, "$timers by time");
    int idNumber = state.stateNumber(transformName, "$timers by id");
    TimerQueue[] queues = new TimerQueue[TimeDomain.values().length];
    for (TimeDomain domain : TimeDomain.values()) {
      TimerCodec codec = new TimerCodec(timeNumber, idNumber, storedNumber(domain), windowCoder);
      HoldRule rule = new HoldRule(domain, options.cleanUpTimersHold());
      queues[domain.ordinal()] =
          new TimerQueue(new StoredTimers(state, codec), holds, rule, options.timersInMemoryMax());
    }
    this.eventTimers = queues[TimeDomain.EVENT_TIME.ordinal()];
    this.processingTimers = queues[TimeDomain.PROCESSING_TIME.ordinal()];
    this.synchronizedTimers = queues[TimeDomain.SYNCHRONIZED_PROCESSING_TIME.ordinal()];
    state.attach(this);
  }

  /** What stands for a domain in the store: no ordinal, as that is Beam's to change. */
  private static int storedNumber(TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> 0;
      case PROCESSING_TIME -> 1;
      case SYNCHRONIZED_PROCESSING_TIME -> 2;
    };
  }

  // ---- key and clocks ----

  /** Makes {@code key} the one that timers are set and deleted for. */
  public void setCurrentKey(EncodedKey key) {
    currentKey = key;
  }

  /** Moves the event-time clock to the input watermark. */
  public void advanceInputWatermark(long millis) {
    inputWatermark = moved("input watermark", inputWatermark, millis);
  }

  /**
   * Moves the clocks of the processing-time domains.
   *
   * @param synchronizedMillis how far everybody upstream is: at most {@code millis}
   */
  public void advanceProcessingTime(long millis, long synchronizedMillis) {
    processingTime = moved("processing time", processingTime, millis);
    synchronizedTime = moved("synchronized processing time", synchronizedTime, synchronizedMillis);
  }

  /** Says what {@link #currentOutputWatermarkTime} answers; never more than the input watermark. */
  public void outputWatermark(long millis) {
    long clipped = Math.min(millis, inputWatermark.getMillis());
    outputWatermark = moved("output watermark", outputWatermark, clipped);
  }

  /**
   * Deletes all timers and sets the clocks back, that of event time to the beginning of time: for
   * an operator that is through with its keys and begins with others.
   *
   * @param nowMillis the processing time
   */
  public void restart(long nowMillis) {
    eventTimers.clear();
    processingTimers.clear();
    synchronizedTimers.clear();
    currentKey = null;
    inputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
    outputWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
    processingTime = new Instant(nowMillis);
    synchronizedTime = processingTime;
  }

  private Instant moved(String clock, Instant from, long toMillis) {
    if (toMillis < from.getMillis()) {
      throw new IllegalArgumentException(
          String.format(
              "Expected the %s to move on from %d, but it would move back to %d (transform=%s)",
              clock, from.getMillis(), toMillis, transformName));
    }
    return toMillis == from.getMillis() ? from : new Instant(toMillis);
  }

  @Override
  public Instant currentProcessingTime() {
    return processingTime;
  }

  @Override
  public Instant currentSynchronizedProcessingTime() {
    return synchronizedTime;
  }

  @Override
  public Instant currentInputWatermarkTime() {
    return inputWatermark;
  }

  @Override
  public Instant currentOutputWatermarkTime() {
    return outputWatermark;
  }

  // ---- firing ----

  /**
   * Removes the next due timer and returns it, or null if none is due. The caller makes its key the
   * current one before it fires it.
   */
  public @Nullable FiredTimer pollDue() {
    TimerEntry timer = eventTimers.pollBefore(inputWatermark.getMillis());
    if (timer != null) {
      return fired(timer, TimeDomain.EVENT_TIME);
    }
    timer = processingTimers.pollBefore(processingTime.getMillis());
    if (timer != null) {
      return fired(timer, TimeDomain.PROCESSING_TIME);
    }
    timer = synchronizedTimers.pollBefore(synchronizedTime.getMillis());
    return timer == null ? null : fired(timer, TimeDomain.SYNCHRONIZED_PROCESSING_TIME);
  }

  private static FiredTimer fired(TimerEntry timer, TimeDomain domain) {
    TimerData data =
        TimerData.of(
            timer.id,
            timer.family,
            timer.namespace,
            new Instant(timer.timestamp),
            new Instant(timer.outputTimestamp),
            domain,
            timer.causedByDrain ? CausedByDrain.CAUSED_BY_DRAIN : CausedByDrain.NORMAL);
    return new FiredTimer(timer.key, data);
  }

  /** Whether {@link #pollDue} would give a timer. */
  public boolean hasDue() {
    return eventTimers.nextTimestamp() < inputWatermark.getMillis()
        || processingTimers.nextTimestamp() < processingTime.getMillis()
        || synchronizedTimers.nextTimestamp() < synchronizedTime.getMillis();
  }

  /** The smallest timestamp of an event-time timer, or {@link Long#MAX_VALUE} if there is none. */
  public long nextEventTimeMillis() {
    return eventTimers.nextTimestamp();
  }

  /**
   * The smallest timestamp of a timer of either processing-time domain, or {@link Long#MAX_VALUE}
   * if there is none. It is due one millisecond later.
   */
  public long nextProcessingTimeMillis() {
    return Math.min(processingTimers.nextTimestamp(), synchronizedTimers.nextTimestamp());
  }

  /** Whether a timer of either processing-time domain is set. */
  public boolean hasProcessingTimers() {
    return processingTimers.count() + synchronizedTimers.count() > 0;
  }

  /** Whether no timer is set. */
  public boolean isEmpty() {
    return count() == 0;
  }

  /** How many timers are set, in memory or in the store. */
  public long count() {
    return eventTimers.count() + processingTimers.count() + synchronizedTimers.count();
  }

  /** How many of them memory holds. */
  public int countInMemory() {
    return eventTimers.inMemory() + processingTimers.inMemory() + synchronizedTimers.inMemory();
  }

  /** Whether memory holds most of the timers that it may, of one of the domains. */
  public boolean isNearlyFull() {
    return eventTimers.isNearlyFull()
        || processingTimers.isNearlyFull()
        || synchronizedTimers.isNearlyFull();
  }

  /**
   * Visits every timer that is set, those of a domain in the order in which they fire: for an
   * operator that has been restored. Flushes first.
   */
  public void forEach(Consumer<FiredTimer> visitor) {
    eventTimers.forEach(each -> visitor.accept(fired(each, TimeDomain.EVENT_TIME)));
    processingTimers.forEach(each -> visitor.accept(fired(each, TimeDomain.PROCESSING_TIME)));
    synchronizedTimers.forEach(
        each -> visitor.accept(fired(each, TimeDomain.SYNCHRONIZED_PROCESSING_TIME)));
  }

  /** Writes pending changes to the store, which then has exactly the timers that are set. */
  @Override
  public void flush() {
    domainsPassed = 0;
    eventTimers.flush();
    processingTimers.flush();
    synchronizedTimers.flush();
  }

  @Override
  public boolean flushSome(int entriesMax) {
    boolean left =
        switch (domainsPassed) {
          case 0 -> eventTimers.flushSome(entriesMax);
          case 1 -> processingTimers.flushSome(entriesMax);
          default -> synchronizedTimers.flushSome(entriesMax);
        };
    if (!left) {
      domainsPassed = (domainsPassed + 1) % TimeDomain.values().length;
    }
    return left || domainsPassed > 0;
  }

  @Override
  public int unwritten() {
    return eventTimers.unwritten() + processingTimers.unwritten() + synchronizedTimers.unwritten();
  }

  // ---- setting and deleting ----

  @Override
  public void setTimer(
      StateNamespace namespace,
      String timerId,
      String timerFamilyId,
      Instant target,
      Instant outputTimestamp,
      TimeDomain timeDomain) {
    queue(timeDomain)
        .set(
            identity(namespace, timerFamilyId, timerId),
            currentKeyGroup(),
            new TimerTarget(target.getMillis(), outputTimestamp.getMillis(), false));
  }

  /** Sets a timer, or deletes it if {@code timer} is marked as deleted. */
  @Deprecated
  @Override
  public void setTimer(TimerData timer) {
    if (timer.getDeleted()) {
      deleteTimer(timer);
      return;
    }
    queue(timer.getDomain())
        .set(
            identity(timer.getNamespace(), timer.getTimerFamilyId(), timer.getTimerId()),
            currentKeyGroup(),
            new TimerTarget(
                timer.getTimestamp().getMillis(),
                timer.getOutputTimestamp().getMillis(),
                timer.causedByDrain() == CausedByDrain.CAUSED_BY_DRAIN));
  }

  @Override
  public void deleteTimer(
      StateNamespace namespace, String timerId, String timerFamilyId, TimeDomain timeDomain) {
    queue(timeDomain).delete(identity(namespace, timerFamilyId, timerId), currentKeyGroup());
  }

  /** Deletes the timers with this id in all domains. */
  @Deprecated
  @Override
  public void deleteTimer(StateNamespace namespace, String timerId, String timerFamilyId) {
    TimerIdentity identity = identity(namespace, timerFamilyId, timerId);
    int keyGroup = currentKeyGroup();
    eventTimers.delete(identity, keyGroup);
    processingTimers.delete(identity, keyGroup);
    synchronizedTimers.delete(identity, keyGroup);
  }

  @Deprecated
  @Override
  public void deleteTimer(TimerData timer) {
    deleteTimer(
        timer.getNamespace(), timer.getTimerId(), timer.getTimerFamilyId(), timer.getDomain());
  }

  private EncodedKey currentKey() {
    EncodedKey key = currentKey;
    if (key == null) {
      throw new IllegalStateException(
          "Expected a current key, but none was set (transform=" + transformName + ")");
    }
    return key;
  }

  /** Not known with the key: most elements set no timer. */
  private int currentKeyGroup() {
    EncodedKey key = currentKey();
    int keyGroup = KeyGroups.groupOf(key, state.maxParallelism());
    if (!state.keyGroups().contains(keyGroup)) {
      throw new IllegalArgumentException(
          String.format(
              "Expected a key of the task's %s, but %s is of group %d (transform=%s)",
              state.keyGroups(), key, keyGroup, transformName));
    }
    return keyGroup;
  }

  private TimerIdentity identity(StateNamespace namespace, String family, String id) {
    return new TimerIdentity(
        currentKey(),
        (StateNamespace) interner.intern(namespace),
        (String) interner.intern(family),
        (String) interner.intern(id));
  }

  private TimerQueue queue(TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> eventTimers;
      case PROCESSING_TIME -> processingTimers;
      case SYNCHRONIZED_PROCESSING_TIME -> synchronizedTimers;
    };
  }

  @Override
  public String toString() {
    return String.format(
        "%d timers of %s (input watermark=%s, processing time=%s)",
        count(), transformName, inputWatermark, processingTime);
  }
}
