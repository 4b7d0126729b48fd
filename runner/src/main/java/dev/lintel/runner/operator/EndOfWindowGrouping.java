package dev.lintel.runner.operator;

import dev.lintel.state.EncodedKey;
import dev.lintel.timers.FiredTimer;
import dev.lintel.translation.plan.Collection;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Grouping by key and window for the common windowing: windows that do not merge, the default
 * trigger, no allowed lateness, panes at the end of the window. There every key has one pane a
 * window, when the watermark passes its end; so accumulators are straight in state, and one timer a
 * key and window, set with the first element, is all there is besides.
 *
 * <p>What it emits can't be told from {@link GroupingOperator}'s.
 */
final class EndOfWindowGrouping extends KeyedOperator {
  private static final String TIMER_ID = "end-of-window";

  private final Coder<Object> keyCoder;
  private final Output output;
  private final WindowingStrategy<?, ?> windowing;
  private final Coder<BoundedWindow> windowCoder;
  private final StateTag<? extends GroupingState<Object, Object>> valuesTag;
  private final StepScope scope;
  private final Counter droppedDueToLateness;

  /** The window of the last element, with its namespace: neighbours mostly share their window. */
  private @Nullable BoundedWindow lastWindow;

  private StateNamespace lastNamespace = StateNamespaces.global();

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
    super(transform, input.windowing().getWindowFn().windowCoder(), context);
    this.keyCoder = keyCoder;
    this.output = output;
    this.valuesTag = valuesTag;
    windowing = input.windowing();
    windowCoder = (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
    MetricsContainer container = context.metrics().container(transform);
    scope = new StepScope(container);
    droppedDueToLateness =
        container.getCounter(
            MetricName.named(
                LateDataDroppingDoFnRunner.class,
                LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS));
  }

  /** Whether a windowing strategy is of the kind that is handled here. */
  static boolean handles(WindowingStrategy<?, ?> windowing) {
    return !windowing.needsMerge()
        && windowing.getTrigger() instanceof DefaultTrigger
        && windowing.getTimestampCombiner() == TimestampCombiner.END_OF_WINDOW
        && (windowing.getAllowedLateness().isEqual(Duration.ZERO)
            || windowing.getWindowFn() instanceof GlobalWindows);
  }

  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    if (key == null) {
      throw new IllegalStateException("Expected an encoded key beside each input of " + transform);
    }
    KV<?, ?> kv = (KV<?, ?>) element.getValue();
    state.setCurrentKey(key, kv.getKey());
    MetricsContainer before = scope.enter();
    try {
      for (BoundedWindow window : element.getWindows()) {
        add(key, window, kv.getValue());
      }
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "grouping an element", e);
    } finally {
      scope.leave(before);
    }
  }

  private void add(EncodedKey key, BoundedWindow window, Object value) {
    if (LateDataUtils.garbageCollectionTime(window, windowing)
        .isBefore(timers.currentInputWatermarkTime())) {
      droppedDueToLateness.inc();
      return;
    }
    StateNamespace namespace = namespace(window);
    GroupingState<Object, Object> values = state.state(namespace, valuesTag);
    if (values.isEmpty().read()) {
      timers.setCurrentKey(key);
      timers.setTimer(
          namespace,
          TIMER_ID,
          "",
          window.maxTimestamp(),
          window.maxTimestamp(),
          TimeDomain.EVENT_TIME);
    }
    values.add(value);
  }

  private StateNamespace namespace(BoundedWindow window) {
    if (!window.equals(lastWindow)) {
      lastWindow = window;
      lastNamespace = StateNamespaces.window(windowCoder, window);
    }
    return lastNamespace;
  }

  @Override
  public void fireDueTimer() {
    FiredTimer fired = takeDueTimer();
    MetricsContainer before = scope.enter();
    try {
      firePane(fired);
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "firing a pane", e);
    } finally {
      scope.leave(before);
    }
  }

  private void firePane(FiredTimer fired) {
    Object key = decode(keyCoder, fired.key());
    state.setCurrentKey(fired.key(), key);
    StateNamespace namespace = fired.timer().getNamespace();
    BoundedWindow window = ((WindowNamespace<?>) namespace).getWindow();
    GroupingState<Object, Object> values = state.state(namespace, valuesTag);
    Object grouped = values.read();
    values.clear();
    output.emit(
        WindowedValues.of(
            KV.of(key, grouped), window.maxTimestamp(), window, PaneInfo.ON_TIME_AND_ONLY_FIRING));
  }
}
