package dev.lintel.runner.operator;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.WindowIndex;
import dev.lintel.translation.plan.Collection;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Instant;

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
final class EndOfWindowGrouping extends PerWindowGrouping {
  /** How many panes the window has had for the key; only where there is lateness. */
  private static final StateTag<ValueState<Long>> PANES_TAG =
      StateTags.value("panes", VarLongCoder.of());

  private final WindowIndex index;

  /**
   * @param valuesTag the bag or combining state of the values of one key and window
   */
  EndOfWindowGrouping(
      String transform,
      Collection input,
      Coder<Object> keyCoder,
      StateTag<? extends GroupingState<Object, Object>> valuesTag,
      OperatorContext context,
      Output output) {
    super(transform, input, keyCoder, valuesTag, context, output);
    index = new WindowIndex(context.state(), transform, windowCoder);
  }

  /** Whether a windowing strategy is of the kind that is handled here. */
  static boolean handles(WindowingStrategy<?, ?> windowing) {
    return !windowing.needsMerge() && windowing.getTrigger() instanceof DefaultTrigger;
  }

  // ---- elements ----

  @Override
  void add(EncodedKey key, KV<?, ?> element, WindowPlace place, Instant timestamp) {
    boolean ended = place.endMillis < inputWatermarkMillis;
    GroupingState<Object, Object> values = state.state(place.namespace, valuesTag);
    if (values.isEmpty().read() && !(ended && panes(place) > 0)) {
      index.add(ended ? place.expiryMillis : place.endMillis, place.window, key);
    }
    if (!panesAreAtTheEnd()) {
      hold(place, timestamp);
    }
    values.add(element.getValue());
    if (ended) {
      emitPane(element.getKey(), place, false);
    }
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
    fire(due, (key, place) -> endOrExpire(key, place, due.key()));
  }

  private void endOrExpire(Object key, WindowPlace place, EncodedKey encodedKey) {
    if (place.expiryMillis < inputWatermarkMillis) {
      expire(key, place);
      return;
    }
    // A late element may have been faster than this, and taken everything with it.
    if (panes(place) == 0) {
      emitPane(key, place, false);
    }
    index.add(place.expiryMillis, place.window, encodedKey);
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
    Object grouped = read(place, last);
    long panes = panes(place);
    boolean onTime = panes == 0 && place.endMillis >= outputWatermarkMillis;
    PaneInfo.Timing timing = onTime ? PaneInfo.Timing.ON_TIME : PaneInfo.Timing.LATE;
    PaneInfo pane = PaneInfo.createPane(panes == 0, last, timing, panes, panes);
    if (!last) {
      state.state(place.namespace, PANES_TAG).write(panes + 1);
    }
    Instant held = panesAreAtTheEnd() ? null : takeHold(place);
    emit(key, grouped, held == null ? place.window.maxTimestamp() : held, place, pane);
  }

  private long panes(WindowPlace place) {
    if (place.expiryMillis == place.endMillis) {
      return 0; // There is no second one.
    }
    Long panes = state.state(place.namespace, PANES_TAG).read();
    return panes == null ? 0 : panes;
  }

  @Override
  public long nextEventTimeMillis() {
    return index.nextTimeMillis();
  }
}
