package dev.lintel.runner.operator;

import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeySweep;
import dev.lintel.state.KeyedStateInternals;
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
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/**
 * Grouping by key in the global window with the default trigger, where checkpoints are taken: each
 * key has its one pane when the input has ended. So there is nothing to remember beside the values
 * themselves, which need not even be looked at before: in the end all keys are swept from the
 * state, in its order. A snapshot in the midst of that has the keys that are left.
 *
 * <p>What it emits can't be told from {@link GroupingOperator}'s.
 */
final class GlobalWindowGrouping implements StreamOperator {
  private static final StateNamespace NAMESPACE =
      StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);

  private final String transform;
  private final OperatorContext context;
  private final Coder<Object> keyCoder;
  private final Output output;
  private final KeyedStateInternals state;
  private final StateTag<? extends GroupingState<Object, Object>> valuesTag;
  private final StepScope scope;
  private final Lateness lateness;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;

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
    this.transform = transform;
    this.context = context;
    this.keyCoder = keyCoder;
    this.output = output;
    this.valuesTag = valuesTag;
    state = context.state().keyedState(transform, context.holds());
    MetricsContainer container = context.metrics().container(transform);
    scope = new StepScope(container);
    lateness = new Lateness(input.windowing(), container);
  }

  /** Whether a windowing strategy is of the kind that is handled here. */
  static boolean handles(WindowingStrategy<?, ?> windowing) {
    return windowing.getWindowFn() instanceof GlobalWindows
        && windowing.getTrigger() instanceof DefaultTrigger
        && windowing.getTimestampCombiner() == TimestampCombiner.END_OF_WINDOW;
  }

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
      if (!lateness.drops(Timestamps.GLOBAL_WINDOW_END_MILLIS, inputWatermarkMillis)) {
        state.setCurrentKey(key, kv.getKey());
        state.state(NAMESPACE, valuesTag).add(kv.getValue());
      }
    } catch (RuntimeException | Error e) {
      throw context.fail(transform, "grouping an element", e);
    } finally {
      scope.leave(before);
    }
  }

  @Override
  public void advanceInputWatermark(long millis) {
    inputWatermarkMillis = Math.max(inputWatermarkMillis, millis);
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
