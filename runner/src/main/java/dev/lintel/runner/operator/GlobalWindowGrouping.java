package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeySweep;
import dev.lintel.translation.plan.Collection;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Grouping by key in the global window with the default trigger, where checkpoints are taken: each
 * key has its one pane when the input has ended. So there is nothing to remember beside the values
 * themselves, which need not even be looked at before: in the end all keys are swept from the
 * state, in its order. A snapshot in the midst of that has the keys that are left.
 *
 * <p>What it emits can't be told from {@link GroupingOperator}'s.
 */
final class GlobalWindowGrouping extends PerWindowGrouping {
  private static final StateNamespace NAMESPACE =
      StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);

  /** Null until the input has ended. */
  private @Nullable KeySweep<? extends GroupingState<Object, Object>> sweep;

  /**
   * @param valuesTag the bag or combining state of the values of one key
   */
  GlobalWindowGrouping(
      String transform,
      Collection input,
      Coder<Object> keyCoder,
      StateTag<? extends GroupingState<Object, Object>> valuesTag,
      OperatorContext context,
      Output output) {
    super(transform, input, keyCoder, valuesTag, context, output);
  }

  /** Whether a windowing strategy is of the kind that is handled here. */
  static boolean handles(WindowingStrategy<?, ?> windowing) {
    return windowing.getWindowFn() instanceof GlobalWindows
        && windowing.getTrigger() instanceof DefaultTrigger
        && windowing.getTimestampCombiner() == TimestampCombiner.END_OF_WINDOW;
  }

  @Override
  void add(EncodedKey key, KV<?, ?> element, WindowPlace place, Instant timestamp) {
    state.state(place.namespace, valuesTag).add(element.getValue());
  }

  @Override
  public void advanceInputWatermark(long millis) {
    super.advanceInputWatermark(millis);
    if (sweep == null && inputWatermarkMillis > Timestamps.GLOBAL_WINDOW_END_MILLIS) {
      try {
        sweep = state.sweep(NAMESPACE, valuesTag);
      } catch (RuntimeException | Error e) {
        throw context.fail(transform, "reading the groups", e);
      }
    }
  }

  @Override
  public boolean hasDueTimer() {
    return sweep != null && sweep.hasNext();
  }

  /** Emits one pane. */
  @Override
  public void fireDueTimer() {
    var groups = sweep;
    if (groups == null) {
      throw new IllegalStateException("Expected a group of " + transform + " to be left");
    }
    MetricsContainer before = scope.enter();
    try {
      Object key = context.decodeKey(transform, keyCoder, groups.next());
      output.emit(
          WindowedValues.of(
              KV.of(key, groups.state().read()),
              GlobalWindow.INSTANCE.maxTimestamp(),
              GlobalWindow.INSTANCE,
              PaneInfo.ON_TIME_AND_ONLY_FIRING));
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "firing a pane", e);
    } finally {
      scope.leave(before);
    }
  }

  /** Panes that are to come hold the watermark; whether there are any is seen in the end. */
  @Override
  public long nextEventTimeMillis() {
    return sweep != null && !sweep.hasNext() ? Long.MAX_VALUE : Timestamps.GLOBAL_WINDOW_END_MILLIS;
  }
}
