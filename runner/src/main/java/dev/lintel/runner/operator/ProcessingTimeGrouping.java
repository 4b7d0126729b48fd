package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.WindowIndex;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Triggers;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.PaneInfoCoder;
import org.apache.beam.sdk.transforms.windowing.PaneInfo.Timing;
import org.apache.beam.sdk.transforms.windowing.TimestampTransform;
import org.apache.beam.sdk.transforms.windowing.Window.OnTimeBehavior;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

/**
 * Grouping by key and window where windows do not merge, with a pane some processing time after its
 * first element, again and again: {@code Repeatedly.forever(AfterProcessingTime…)}.
 *
 * <p>A key stands in one index under the expiry of the window, from its first element to its end,
 * and in another under the time of the pane to come. Whether there is one to come is the same as
 * whether elements have come since the last one. So an element that is not the pane's first does
 * nothing but go into its accumulator:
 *
 * <pre>
 * delay 10 s   element at 12:00:00.000   indexed under the expiry, and under 12:00:10.000
 *              element at 12:00:07.000   nothing else
 *              at 12:00:10.001           the pane
 *              the window expires:       the last pane if one is due, and the state is cleared
 * </pre>
 *
 * <p>What it emits can't be told from {@link GroupingOperator}'s.
 */
final class ProcessingTimeGrouping extends PerWindowGrouping {
  /** The last pane of the window for the key. */
  private static final StateTag<ValueState<PaneInfo>> PANE_TAG =
      StateTags.value("pane", PaneInfoCoder.INSTANCE);

  /** Set while a pane is to come, where the values can't tell it. */
  private static final StateTag<ValueState<Boolean>> PENDING_TAG =
      StateTags.value("pending", BooleanCoder.of());

  private final WindowIndex expiries;
  private final WindowIndex panesDue;
  private final AfterProcessingTime trigger;
  private final boolean alwaysOnTimePane;
  private long processingTimeMillis = Timestamps.MIN_MILLIS;

  /**
   * @param valuesTag the bag or combining state of the values of one key and window
   */
  ProcessingTimeGrouping(
      String transform,
      Collection input,
      Coder<Object> keyCoder,
      StateTag<? extends GroupingState<Object, Object>> valuesTag,
      OperatorContext context,
      Output output) {
    super(transform, input, keyCoder, valuesTag, context, output);
    expiries = new WindowIndex(context.state(), transform, windowCoder);
    panesDue = new WindowIndex(context.state(), transform, "keys by processing time", windowCoder);
    WindowingStrategy<?, ?> windowing = input.windowing();
    AfterProcessingTime repeated = Triggers.repeatedAfterProcessingTime(windowing.getTrigger());
    if (repeated == null) {
      throw new IllegalArgumentException(
          "Expected a trigger by processing time, but " + transform + " has " + windowing);
    }
    trigger = repeated;
    alwaysOnTimePane = windowing.getOnTimeBehavior() == OnTimeBehavior.FIRE_ALWAYS;
  }

  /** Whether a windowing strategy is of the kind that is handled here. */
  static boolean handles(WindowingStrategy<?, ?> windowing) {
    return !windowing.needsMerge()
        && Triggers.repeatedAfterProcessingTime(windowing.getTrigger()) != null;
  }

  // ---- elements ----

  @Override
  void add(EncodedKey key, KV<?, ?> element, WindowPlace place, Instant timestamp) {
    GroupingState<Object, Object> values = state.state(place.namespace, valuesTag);
    boolean empty = values.isEmpty().read();
    if (empty && state.state(place.namespace, PANE_TAG).read() == null) {
      expiries.add(place.expiryMillis, place.window, key);
    }
    if (discarding ? empty : !isPending(place)) {
      panesDue.add(paneMillis(), place.window, key);
      if (!discarding) {
        state.state(place.namespace, PENDING_TAG).write(true);
      }
    }
    if (!isHeldByExpiry(place)) {
      hold(place, timestamp);
    }
    values.add(element.getValue());
  }

  /** When the pane is due that has its first element now. */
  private long paneMillis() {
    long millis = processingTimeMillis;
    for (TimestampTransform each : trigger.getTimestampTransforms()) {
      if (each instanceof TimestampTransform.Delay delay) {
        millis += delay.getDelay().getMillis();
      } else if (each instanceof TimestampTransform.AlignTo align) {
        long past = (millis - align.getOffset().getMillis()) % align.getPeriod().getMillis();
        millis += past == 0 ? 0 : align.getPeriod().getMillis() - past;
      }
    }
    return millis;
  }

  private boolean isPending(WindowPlace place) {
    return discarding
        ? !state.state(place.namespace, valuesTag).isEmpty().read()
        : state.state(place.namespace, PENDING_TAG).read() != null;
  }

  /** Whether the window's entry among the expiries is all that there is to hold the watermark. */
  private boolean isHeldByExpiry(WindowPlace place) {
    return panesAreAtTheEnd() && place.expiryMillis == place.endMillis;
  }

  // ---- panes ----

  @Override
  public boolean hasDueTimer() {
    return expiries.nextTimeMillis() < inputWatermarkMillis
        || panesDue.nextTimeMillis() < processingTimeMillis;
  }

  @Override
  public void fireDueTimer() {
    WindowIndex.Due expired = expiries.pollBefore(inputWatermarkMillis);
    if (expired != null) {
      fire(expired, this::expire);
      return;
    }
    WindowIndex.Due due = panesDue.pollBefore(processingTimeMillis);
    if (due == null) {
      throw new IllegalStateException("Expected a pane of " + transform + " to be due");
    }
    fire(due, this::emitPending);
  }

  /** The pane may have gone with its window meanwhile. */
  private void emitPending(Object key, WindowPlace place) {
    if (place.expiryMillis >= inputWatermarkMillis && isPending(place)) {
      PaneInfo pane = nextPane(place, false);
      state.state(place.namespace, PANE_TAG).write(pane);
      emitPane(key, place, pane, true);
    }
  }

  private void expire(Object key, WindowPlace place) {
    boolean pending = isPending(place);
    PaneInfo pane = nextPane(place, true);
    if (pending || alwaysLastPane || (alwaysOnTimePane && pane.getTiming() == Timing.ON_TIME)) {
      emitPane(key, place, pane, pending);
    } else if (!discarding) {
      state.state(place.namespace, valuesTag).clear();
    }
    if (!pane.isFirst()) {
      state.state(place.namespace, PANE_TAG).clear();
    }
  }

  private void emitPane(Object key, WindowPlace place, PaneInfo pane, boolean pending) {
    Object grouped = read(place, pane.isLast());
    if (!discarding) {
      state.state(place.namespace, PENDING_TAG).clear();
    }
    emit(key, grouped, takeTimestamp(place, pending), place, pane);
  }

  /**
   * As Beam: of a pane whose elements could not hold the watermark, the expiry is the timestamp
   * where that is before the end of the window, as at the end of time.
   */
  private Instant takeTimestamp(WindowPlace place, boolean pending) {
    Instant held = isHeldByExpiry(place) ? null : takeHold(place);
    if (held != null) {
      return held;
    }
    return (pending || alwaysLastPane) && place.expiryMillis < place.endMillis
        ? new Instant(place.expiryMillis)
        : place.window.maxTimestamp();
  }

  private PaneInfo nextPane(WindowPlace place, boolean last) {
    PaneInfo before = state.state(place.namespace, PANE_TAG).read();
    boolean early = before == null || before.getTiming() == Timing.EARLY;
    Timing timing;
    if (!early || place.endMillis < outputWatermarkMillis) {
      timing = Timing.LATE;
    } else {
      timing = place.endMillis < inputWatermarkMillis ? Timing.ON_TIME : Timing.EARLY;
    }
    long index = before == null ? 0 : before.getIndex() + 1;
    long nonSpeculative = before == null ? 0 : before.getNonSpeculativeIndex() + 1;
    return PaneInfo.createPane(
        before == null, last, timing, index, timing == Timing.EARLY ? -1 : nonSpeculative);
  }

  // ---- clocks ----

  @Override
  public void advanceProcessingTime(long millis, long synchronizedMillis) {
    processingTimeMillis = Math.max(processingTimeMillis, millis);
  }

  @Override
  public long nextEventTimeMillis() {
    return expiries.nextTimeMillis();
  }
}
