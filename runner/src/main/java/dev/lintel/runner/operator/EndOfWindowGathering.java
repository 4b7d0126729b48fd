package dev.lintel.runner.operator;

import dev.lintel.runner.sideinput.PaneBuilder;
import dev.lintel.runner.sideinput.PaneStore;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator.GatherView;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.LateDataUtils;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The gathering of a side input in the common case: a bounded collection, windows that don't merge,
 * the default trigger, no allowed lateness. There every window has one pane, when the watermark
 * passes its end; so elements go straight into that pane, with no state in between.
 */
final class EndOfWindowGathering implements StreamOperator {
  private final GatherView spec;
  private final PaneStore panes;
  private final OperatorContext context;
  private final Output output;
  private final WindowingStrategy<?, ?> windowing;
  private final Map<BoundedWindow, PaneBuilder> growing = new HashMap<>();
  private final PriorityQueue<BoundedWindow> byEnd =
      new PriorityQueue<>(Comparator.comparing(BoundedWindow::maxTimestamp));
  private final Counter droppedDueToLateness;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;

  /** The window of the last element: neighbours mostly share it. */
  private @Nullable BoundedWindow lastWindow;

  private @Nullable PaneBuilder last;

  EndOfWindowGathering(GatherView spec, PaneStore panes, OperatorContext context, Output output) {
    this.spec = spec;
    this.panes = panes;
    this.context = context;
    this.output = output;
    windowing = spec.input().windowing();
    droppedDueToLateness =
        context
            .metrics()
            .container(spec.transform())
            .getCounter(
                MetricName.named(
                    LateDataDroppingDoFnRunner.class,
                    LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS));
  }

  /** Whether a collection is of the kind that is handled here. */
  static boolean handles(Collection input) {
    WindowingStrategy<?, ?> windowing = input.windowing();
    return input.bounded()
        && !windowing.needsMerge()
        && windowing.getTrigger() instanceof DefaultTrigger
        && (windowing.getAllowedLateness().isEqual(Duration.ZERO)
            || windowing.getWindowFn() instanceof GlobalWindows);
  }

  @Override
  public void process(WindowedValue<?> element, @Nullable EncodedKey key) {
    try {
      for (BoundedWindow window : element.getWindows()) {
        add(window, element.getValue());
      }
    } catch (RuntimeException | Error e) {
      throw context.fail(spec.transform(), "gathering an element of a side input", e);
    }
  }

  private void add(BoundedWindow window, Object value) {
    PaneBuilder pane = last;
    if (pane == null || !window.equals(lastWindow)) {
      pane = growing.get(window);
      if (pane == null && isLate(window)) {
        droppedDueToLateness.inc();
        return;
      }
      if (pane == null) {
        pane = panes.begin();
        growing.put(window, pane);
        byEnd.add(window);
      }
      lastWindow = window;
      last = pane;
    }
    pane.add(value);
  }

  private boolean isLate(BoundedWindow window) {
    return LateDataUtils.garbageCollectionTime(window, windowing).getMillis()
        < inputWatermarkMillis;
  }

  @Override
  public void advanceInputWatermark(long millis) {
    inputWatermarkMillis = millis;
  }

  @Override
  public boolean hasDueTimer() {
    return nextEventTimeMillis() < inputWatermarkMillis;
  }

  @Override
  public long nextEventTimeMillis() {
    BoundedWindow next = byEnd.peek();
    return next == null ? Long.MAX_VALUE : next.maxTimestamp().getMillis();
  }

  @Override
  public void fireDueTimer() {
    BoundedWindow window = byEnd.remove();
    PaneBuilder pane = growing.remove(window);
    if (pane == null) {
      throw new IllegalStateException(
          "Expected a pane to grow for each window, but there is none for " + window);
    }
    last = null;
    try {
      output.emit(
          WindowedValues.of(
              pane.finish(), window.maxTimestamp(), window, PaneInfo.ON_TIME_AND_ONLY_FIRING));
    } catch (RuntimeException | Error e) {
      throw context.fail(spec.transform(), "firing a pane of a side input", e);
    }
  }

  @Override
  public void close() {
    panes.close();
  }
}
