package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.WindowIndex;
import dev.lintel.translation.plan.Collection;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
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
 * Grouping by key and window where windows don't merge: the values of each key and window are one
 * state, and a subclass says when there is a pane of them.
 */
abstract class PerWindowGrouping implements StreamOperator {
  final String transform;
  final KeyedStateInternals state;
  final Lateness lateness;
  final StateTag<? extends GroupingState<Object, Object>> valuesTag;
  final Coder<BoundedWindow> windowCoder;
  final boolean discarding;
  final boolean alwaysLastPane;
  long inputWatermarkMillis = Timestamps.MIN_MILLIS;
  long outputWatermarkMillis = Timestamps.MIN_MILLIS;

  final OperatorContext context;
  final Coder<Object> keyCoder;
  final Output output;
  final StepScope scope;
  private final TimestampCombiner timestampCombiner;

  /** The timestamp of the pane to come. */
  private final StateTag<WatermarkHoldState> holdTag;

  /** Neighbours mostly share their window. */
  private @Nullable WindowPlace lastPlace;

  /** What there is to do for the current key in a window whose time has come. */
  interface Firing {
    void fire(Object key, WindowPlace place);
  }

  /**
   * @param valuesTag the bag or combining state of the values of one key and window
   */
  @SuppressWarnings("unchecked")
  PerWindowGrouping(
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
    MetricsContainer container = context.metrics().container(transform);
    scope = new StepScope(container);
    lateness = new Lateness(windowing, container);
    timestampCombiner = windowing.getTimestampCombiner();
    holdTag = StateTags.watermarkStateInternal("hold", timestampCombiner);
    discarding = windowing.getMode() == AccumulationMode.DISCARDING_FIRED_PANES;
    alwaysLastPane = windowing.getClosingBehavior() == ClosingBehavior.FIRE_ALWAYS;
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
    MetricsContainer before = scope.enter();
    try {
      state.setCurrentKey(key, kv.getKey());
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

  /** Takes an element of the current key into a window that has not expired. */
  abstract void add(EncodedKey key, KV<?, ?> element, WindowPlace place, Instant timestamp);

  /**
   * Holds the watermark at the timestamp that the pane to come gets from an element. As with Beam,
   * one that is behind the output watermark already, or whose window has ended, can't.
   */
  final void hold(WindowPlace place, Instant timestamp) {
    if (place.endMillis >= inputWatermarkMillis) {
      Instant held = timestampCombiner.assign(place.window, timestamp);
      if (held.getMillis() >= outputWatermarkMillis) {
        state.state(place.namespace, holdTag).add(held);
      }
    }
  }

  /** The timestamp of the pane that is to be emitted, and the end of its hold; null for none. */
  final @Nullable Instant takeHold(WindowPlace place) {
    WatermarkHoldState hold = state.state(place.namespace, holdTag);
    Instant held = hold.read();
    hold.clear();
    return held;
  }

  /** Whether panes have the end of their window for a timestamp, whatever is in them. */
  final boolean panesAreAtTheEnd() {
    return timestampCombiner == TimestampCombiner.END_OF_WINDOW;
  }

  private WindowPlace place(BoundedWindow window) {
    WindowPlace place = lastPlace;
    if (place == null || !place.window.equals(window)) {
      place = new WindowPlace(window, windowCoder, lateness.expiryMillis(window));
      lastPlace = place;
    }
    return place;
  }

  // ---- panes ----

  /** Does what there is to do for a key that an index gave out. */
  final void fire(WindowIndex.Due due, Firing firing) {
    Object key = context.decodeKey(transform, keyCoder, due.key());
    MetricsContainer before = scope.enter();
    try {
      state.setCurrentKey(due.key(), key);
      firing.fire(key, place(due.window()));
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "firing a pane", e);
    } finally {
      scope.leave(before);
    }
  }

  /** What the window has for the current key; gone from state if the pane is to be the last use. */
  final Object read(WindowPlace place, boolean last) {
    GroupingState<Object, Object> values = state.state(place.namespace, valuesTag);
    Object grouped = values.read();
    if (discarding || last) {
      values.clear();
    }
    return grouped;
  }

  final void emit(Object key, Object grouped, Instant timestamp, WindowPlace place, PaneInfo pane) {
    output.emit(WindowedValues.of(KV.of(key, grouped), timestamp, place.window, pane));
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
}
