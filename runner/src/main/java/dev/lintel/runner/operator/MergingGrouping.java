package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.WindowIndex;
import dev.lintel.translation.plan.Collection;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window.ClosingBehavior;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Grouping by key and window where windows merge, with the default trigger: a window has one pane
 * when the watermark passes its end, and one for each late element until it expires. The windows of
 * a key are one cell of state ({@link ActiveWindows}); what is in them is beside it ({@link
 * WindowContents}).
 *
 * <p>A key stands in the index under a time at which its first window is due, or before: a window
 * that grows leaves its key there, and only when that time has come, the key is put where it
 * belongs by then. So the elements of a session cost the index about two operations together.
 *
 * <pre>
 * gap 10   element at 0:  session 0..9,  key indexed under 9
 *          element at 6:  session 0..15, nothing else
 *          watermark 10:  the key is due, but 15 is not past: indexed under 15
 *          watermark 16:  the pane
 * </pre>
 *
 * <p>What it emits can't be told from {@link GroupingOperator}'s.
 */
final class MergingGrouping implements StreamOperator {
  /** So many keys are put where they belong before somebody else has a turn. */
  private static final int RESETTLED_AT_ONCE = 1_000;

  private final String transform;
  private final OperatorContext context;
  private final Coder<Object> keyCoder;
  private final Output output;
  private final KeyedStateInternals state;
  private final StateTag<ValueState<ActiveWindows>> windowsTag;
  private final WindowContents contents;
  private final WindowMerger merger;
  private final WindowIndex index;
  private final Lateness lateness;
  private final StepScope scope;
  private final boolean sessions;
  private final boolean discarding;
  private final boolean alwaysLastPane;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;
  private long outputWatermarkMillis = Timestamps.MIN_MILLIS;

  /** The first key of the index is known to have something to do. */
  private boolean firstIsDue;

  /**
   * @param valuesTag the bag or combining state of the values of one key and window
   */
  @SuppressWarnings("unchecked")
  MergingGrouping(
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
    WindowingStrategy<?, ?> windowing = input.windowing();
    WindowFn<Object, BoundedWindow> windowFn =
        (WindowFn<Object, BoundedWindow>) windowing.getWindowFn();
    state = context.state().keyedState(transform, context.holds());
    windowsTag = StateTags.value("windows", new ActiveWindowsCoder(windowFn.windowCoder()));
    contents = new WindowContents(state, valuesTag, windowing.getTimestampCombiner());
    merger = new WindowMerger(windowFn, contents);
    index = new WindowIndex(context.state(), transform, GlobalWindow.Coder.INSTANCE);
    MetricsContainer container = context.metrics().container(transform);
    scope = new StepScope(container);
    lateness = new Lateness(windowing, container);
    sessions = windowing.getWindowFn() instanceof Sessions;
    discarding = windowing.getMode() == AccumulationMode.DISCARDING_FIRED_PANES;
    alwaysLastPane = windowing.getClosingBehavior() == ClosingBehavior.FIRE_ALWAYS;
  }

  /** Whether a windowing strategy is of the kind that is handled here. */
  static boolean handles(WindowingStrategy<?, ?> windowing) {
    return windowing.needsMerge() && windowing.getTrigger() instanceof DefaultTrigger;
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
    firstIsDue = false;
    MetricsContainer before = scope.enter();
    try {
      state.setCurrentKey(key, kv.getKey());
      BoundedWindow only = sessions ? onlyWindow(element) : null;
      if (only instanceof IntervalWindow session && session.start().isBefore(session.end())) {
        addToSession(key, kv, session, element.getTimestamp());
      } else {
        addToWindows(key, kv, element);
      }
    } catch (Exception | Error e) {
      throw context.fail(transform, "grouping an element", e);
    } finally {
      scope.leave(before);
    }
  }

  private static @Nullable BoundedWindow onlyWindow(WindowedValue<?> element) {
    return element.getWindows().size() == 1 ? element.getWindows().iterator().next() : null;
  }

  private void addToSession(EncodedKey key, KV<?, ?> kv, IntervalWindow own, Instant timestamp) {
    long startMillis = own.start().getMillis();
    long endMillis = own.end().getMillis() - 1;
    if (lateness.drops(lateness.expiryMillis(endMillis), inputWatermarkMillis)) {
      return;
    }
    ValueState<ActiveWindows> cell = windows();
    ActiveWindows active = orNone(cell.read());
    ActiveWindow session = WindowMerger.covering(active, startMillis, endMillis);
    boolean changed = session == null;
    if (session == null) {
      session = merger.mergeSession(active, startMillis, endMillis);
    }
    put(session, kv.getValue(), timestamp);
    if (session.endMillis() < inputWatermarkMillis) {
      emitPane(kv.getKey(), session, false);
      changed = true;
    }
    if (changed) {
      store(cell, active, key);
    }
  }

  private void addToWindows(EncodedKey key, KV<?, ?> kv, WindowedValue<?> element)
      throws Exception {
    List<BoundedWindow> inTime = new ArrayList<>(element.getWindows().size());
    for (BoundedWindow window : element.getWindows()) {
      long endMillis = window.maxTimestamp().getMillis();
      if (!lateness.drops(lateness.expiryMillis(endMillis), inputWatermarkMillis)) {
        inTime.add(window);
      }
    }
    if (inTime.isEmpty()) {
      return;
    }
    ValueState<ActiveWindows> cell = windows();
    ActiveWindows active = orNone(cell.read());
    WindowMerger.Merged merged = merger.merge(active, inTime);
    for (ActiveWindow window : merged.ofElement()) {
      put(window, kv.getValue(), element.getTimestamp());
    }
    for (ActiveWindow window : merged.changed()) {
      if (window.endMillis() < inputWatermarkMillis) {
        emitPane(kv.getKey(), window, false);
      }
    }
    store(cell, active, key);
  }

  private void put(ActiveWindow window, Object value, Instant timestamp) {
    // As Beam: an element that is behind the output watermark already can't hold it any more.
    if (contents.hasHolds()
        && window.endMillis() >= inputWatermarkMillis
        && timestamp.getMillis() >= outputWatermarkMillis) {
      contents.hold(window.slot(), timestamp);
    }
    contents.values(window.slot()).add(value);
  }

  private ValueState<ActiveWindows> windows() {
    return state.state(StateNamespaces.global(), windowsTag);
  }

  private static ActiveWindows orNone(@Nullable ActiveWindows stored) {
    return stored == null ? new ActiveWindows() : stored;
  }

  /** After every change of a key's windows. */
  private void store(ValueState<ActiveWindows> cell, ActiveWindows active, EncodedKey key) {
    long dueMillis = active.dueMillis(lateness);
    if (dueMillis < Long.MAX_VALUE && !active.isIndexedBy(dueMillis)) {
      index.add(dueMillis, GlobalWindow.INSTANCE, key);
      active.indexed(dueMillis);
    }
    if (active.isEmpty()) {
      cell.clear();
    } else {
      cell.write(active);
    }
  }

  // ---- windows that end and expire ----

  /** Puts keys whose windows have grown where they belong, until one is found that is due. */
  @Override
  public boolean hasDueTimer() {
    for (int i = 0; i < RESETTLED_AT_ONCE && !firstIsDue; i++) {
      WindowIndex.Due first = index.peekBefore(inputWatermarkMillis);
      if (first == null) {
        return false;
      }
      firstIsDue = !resettle(first);
    }
    return true;
  }

  /** False if the key is due at the time under which it stands. */
  private boolean resettle(WindowIndex.Due first) {
    try {
      state.setCurrentKey(first.key(), null);
      ValueState<ActiveWindows> cell = windows();
      ActiveWindows active = orNone(cell.read());
      if (active.dueMillis(lateness) == first.timeMillis()) {
        return false;
      }
      takeOut(active);
      store(cell, active, first.key());
      return true;
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "looking for windows that have ended", e);
    }
  }

  private WindowIndex.Due takeOut(ActiveWindows active) {
    WindowIndex.Due due = index.pollBefore(inputWatermarkMillis);
    if (due == null) {
      throw new IllegalStateException("Expected a window of " + transform + " to be due");
    }
    active.unindexed(due.timeMillis());
    return due;
  }

  @Override
  public void fireDueTimer() {
    WindowIndex.Due due = index.peekBefore(inputWatermarkMillis);
    if (due == null) {
      throw new IllegalStateException("Expected a window of " + transform + " to be due");
    }
    firstIsDue = false;
    Object key = context.decodeKey(transform, keyCoder, due.key());
    MetricsContainer before = scope.enter();
    try {
      state.setCurrentKey(due.key(), key);
      ValueState<ActiveWindows> cell = windows();
      ActiveWindows active = orNone(cell.read());
      takeOut(active);
      active.removeIf(window -> isOverAfterFiring(key, window));
      store(cell, active, due.key());
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "firing a pane", e);
    } finally {
      scope.leave(before);
    }
  }

  /** Does what there is to do in a window by now; true if it has expired. */
  private boolean isOverAfterFiring(Object key, ActiveWindow window) {
    if (lateness.expiryMillis(window.endMillis()) < inputWatermarkMillis) {
      expire(key, window);
      return true;
    }
    if (!window.endDone() && window.endMillis() < inputWatermarkMillis) {
      // A late element may have been faster than this, and taken everything with it.
      if (window.panes() == 0) {
        emitPane(key, window, false);
      }
      window.endIsDone();
    }
    return false;
  }

  private void expire(Object key, ActiveWindow window) {
    if (window.panes() == 0 || alwaysLastPane) {
      emitPane(key, window, true);
    } else if (!discarding) {
      contents.values(window.slot()).clear();
    }
  }

  private void emitPane(Object key, ActiveWindow window, boolean last) {
    GroupingState<Object, Object> values = contents.values(window.slot());
    Object grouped = values.read();
    if (discarding || last) {
      values.clear();
    }
    long panes = window.panes();
    PaneInfo.Timing timing = timing(window);
    PaneInfo pane =
        PaneInfo.createPane(
            panes == 0, last, timing, panes, timing == PaneInfo.Timing.EARLY ? -1 : panes);
    window.paneEmitted();
    Instant timestamp = takeTimestamp(window);
    output.emit(WindowedValues.of(KV.of(key, grouped), timestamp, window.window(), pane));
  }

  /** Early is only what ends with the end of time, before the window does. */
  private PaneInfo.Timing timing(ActiveWindow window) {
    if (window.panes() > 0 || window.endMillis() < outputWatermarkMillis) {
      return PaneInfo.Timing.LATE;
    }
    return window.endMillis() < inputWatermarkMillis
        ? PaneInfo.Timing.ON_TIME
        : PaneInfo.Timing.EARLY;
  }

  private Instant takeTimestamp(ActiveWindow window) {
    Instant held = contents.takeHold(window.slot());
    return held == null || held.getMillis() > window.endMillis()
        ? new Instant(window.endMillis())
        : held;
  }

  // ---- clocks ----

  @Override
  public void advanceInputWatermark(long millis) {
    inputWatermarkMillis = Math.max(inputWatermarkMillis, millis);
    merger.advanceInputWatermark(inputWatermarkMillis);
  }

  @Override
  public void advanceOutputWatermark(long millis) {
    outputWatermarkMillis = Math.min(millis, inputWatermarkMillis);
  }

  /** Exact if {@link #hasDueTimer} was asked before; otherwise it may be too early. */
  @Override
  public long nextEventTimeMillis() {
    return index.nextTimeMillis();
  }
}
