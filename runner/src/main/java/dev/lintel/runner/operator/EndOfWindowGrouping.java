package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.WindowIndex;
import dev.lintel.translation.plan.Collection;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window.ClosingBehavior;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Grouping by key and window for the common windowing: windows that do not merge, with the default
 * trigger. There each key has one pane when the watermark passes the end of the window, and one for
 * each late element until the window expires. So accumulators are straight in state, and besides
 * them there is only the index of the keys of each window, in which a key stands once:
 *
 * <pre>
 * first element:     on time: under the end of the window    late: under its expiry
 * the window ends:   the on-time pane; the key moves to the expiry, if there is lateness
 * a late element:    a pane at once
 * the window expires: the last pane if one is due, and the state is cleared
 * </pre>
 *
 * <p>What it emits can't be told from {@link GroupingOperator}'s.
 */
final class EndOfWindowGrouping implements StreamOperator {
  /** How many panes the window has had for the key; only where there is lateness. */
  private static final StateTag<ValueState<Long>> PANES_TAG =
      StateTags.value("panes", VarLongCoder.of());

  private final String transform;
  private final OperatorContext context;
  private final Coder<Object> keyCoder;
  private final Output output;
  private final KeyedStateInternals state;
  private final WindowIndex index;
  private final Lateness lateness;
  private final StateTag<? extends GroupingState<Object, Object>> valuesTag;
  private final StepScope scope;
  private final Coder<BoundedWindow> windowCoder;
  private final TimestampCombiner timestampCombiner;

  /** The timestamp of the pane to come; null where that is the end of the window. */
  private final @Nullable StateTag<WatermarkHoldState> holdTag;

  private final boolean discarding;
  private final boolean alwaysLastPane;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;
  private long outputWatermarkMillis = Timestamps.MIN_MILLIS;

  /** Neighbours mostly share their window. */
  private @Nullable WindowPlace lastPlace;

  /**
   * @param valuesTag the bag or combining state of the values of one key and window
   */
  @SuppressWarnings("unchecked")
  EndOfWindowGrouping(
      String transform,
      Collection input,
      Coder<Object> keyCoder,
      StateTag<? extends GroupingState<Object, Object>> valuesTag,
      OperatorContext context,
      Output output) {
    this.transform = transform;
    this.context = context;
    this.keyCoder = keyCoder;
    this.output = output;
    this.valuesTag = valuesTag;
    WindowingStrategy<?, ?> windowing = input.windowing();
    windowCoder = (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
    state = context.state().keyedState(transform, context.holds());
    index = new WindowIndex(context.state(), transform, windowCoder);
    MetricsContainer container = context.metrics().container(transform);
    scope = new StepScope(container);
    lateness = new Lateness(windowing, container);
    timestampCombiner = windowing.getTimestampCombiner();
    holdTag =
        timestampCombiner == TimestampCombiner.END_OF_WINDOW
            ? null
            : StateTags.watermarkStateInternal("hold", timestampCombiner);
    discarding = windowing.getMode() == AccumulationMode.DISCARDING_FIRED_PANES;
    alwaysLastPane = windowing.getClosingBehavior() == ClosingBehavior.FIRE_ALWAYS;
  }

  /** Whether a windowing strategy is of the kind that is handled here. */
  static boolean handles(WindowingStrategy<?, ?> windowing) {
    return !windowing.needsMerge() && windowing.getTrigger() instanceof DefaultTrigger;
  }

  // ---- elements ----

  @Override
  public void preload(@Nullable EncodedKey[] keys, int count) {
    state.preload(keys, count);
  }

  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey encodedKey) {
    EncodedKey key = OperatorContext.given(encodedKey, transform);
    KV<?, ?> kv = (KV<?, ?>) element.getValue();
    state.setCurrentKey(key, kv.getKey());
    MetricsContainer before = scope.enter();
    try {
      for (BoundedWindow window : element.getWindows()) {
        WindowPlace place = place(window);
        if (!lateness.drops(place.expiryMillis, inputWatermarkMillis)) {
          add(key, kv, place, element.getTimestamp());
        }
      }
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "grouping an element", e);
    } finally {
      scope.leave(before);
    }
  }

  private void add(EncodedKey key, KV<?, ?> element, WindowPlace place, Instant timestamp) {
    boolean ended = place.endMillis < inputWatermarkMillis;
    GroupingState<Object, Object> values = state.state(place.namespace, valuesTag);
    if (values.isEmpty().read() && !(ended && panes(place) > 0)) {
      index.add(ended ? place.expiryMillis : place.endMillis, place.window, key);
    }
    if (holdTag != null && !ended) {
      hold(holdTag, place, timestamp);
    }
    values.add(element.getValue());
    if (ended) {
      emitPane(element.getKey(), place, false);
    }
  }

  /** As Beam: an element that is behind the output watermark already can't hold it any more. */
  private void hold(StateTag<WatermarkHoldState> tag, WindowPlace place, Instant timestamp) {
    Instant held = timestampCombiner.assign(place.window, timestamp);
    if (held.getMillis() >= outputWatermarkMillis) {
      state.state(place.namespace, tag).add(held);
    }
  }

  private WindowPlace place(BoundedWindow window) {
    WindowPlace place = lastPlace;
    if (place == null || !place.window.equals(window)) {
      place = new WindowPlace(window, windowCoder, lateness.expiryMillis(window));
      lastPlace = place;
    }
    return place;
  }

  // ---- windows that end and expire ----

  @Override
  public boolean hasDueTimer() {
    return index.nextTimeMillis() < inputWatermarkMillis;
  }

  @Override
  public void fireDueTimer() {
    WindowIndex.Due due = index.pollBefore(inputWatermarkMillis);
    if (due == null) {
      throw new IllegalStateException("Expected a window of " + transform + " to be due");
    }
    Object key = context.decodeKey(transform, keyCoder, due.key());
    state.setCurrentKey(due.key(), key);
    MetricsContainer before = scope.enter();
    try {
      WindowPlace place = place(due.window());
      if (place.expiryMillis < inputWatermarkMillis) {
        expire(key, place);
      } else {
        // A late element may have been faster than this, and taken everything with it.
        if (panes(place) == 0) {
          emitPane(key, place, false);
        }
        index.add(place.expiryMillis, place.window, due.key());
      }
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "firing a pane", e);
    } finally {
      scope.leave(before);
    }
  }

  private void expire(Object key, WindowPlace place) {
    long panes = panes(place);
    if (panes == 0 || alwaysLastPane) {
      emitPane(key, place, true);
    } else if (!discarding) {
      state.state(place.namespace, valuesTag).clear();
    }
    if (panes > 0) {
      state.state(place.namespace, PANES_TAG).clear();
    }
  }

  private void emitPane(Object key, WindowPlace place, boolean last) {
    GroupingState<Object, Object> values = state.state(place.namespace, valuesTag);
    Object grouped = values.read();
    if (discarding || last) {
      values.clear();
    }
    long panes = panes(place);
    boolean onTime = panes == 0 && place.endMillis >= outputWatermarkMillis;
    PaneInfo.Timing timing = onTime ? PaneInfo.Timing.ON_TIME : PaneInfo.Timing.LATE;
    PaneInfo pane = PaneInfo.createPane(panes == 0, last, timing, panes, panes);
    if (!last) {
      state.state(place.namespace, PANES_TAG).write(panes + 1);
    }
    Instant timestamp = takeTimestamp(place);
    output.emit(WindowedValues.of(KV.of(key, grouped), timestamp, place.window, pane));
  }

  private Instant takeTimestamp(WindowPlace place) {
    if (holdTag == null) {
      return place.window.maxTimestamp();
    }
    WatermarkHoldState hold = state.state(place.namespace, holdTag);
    Instant held = hold.read();
    hold.clear();
    return held == null ? place.window.maxTimestamp() : held;
  }

  private long panes(WindowPlace place) {
    if (place.expiryMillis == place.endMillis) {
      return 0; // There is no second one.
    }
    Long panes = state.state(place.namespace, PANES_TAG).read();
    return panes == null ? 0 : panes;
  }

  // ---- clocks ----

  @Override
  public void advanceInputWatermark(long millis) {
    inputWatermarkMillis = Math.max(inputWatermarkMillis, millis);
  }

  @Override
  public void advanceOutputWatermark(long millis) {
    outputWatermarkMillis = Math.min(millis, inputWatermarkMillis);
  }

  @Override
  public long nextEventTimeMillis() {
    return index.nextTimeMillis();
  }
}
