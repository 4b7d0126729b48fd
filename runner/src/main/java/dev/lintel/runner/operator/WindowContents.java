package dev.lintel.runner.operator;

import dev.lintel.state.KeyedStateInternals;
import java.util.Arrays;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is in the windows of the current key that may merge: values or an accumulator, and the hold
 * of the pane to come. It is addressed by a number, the slot, and not by the window: so it stays
 * where it is while the window grows, and the first window of a key, which mostly is the only one,
 * finds what is cached for the one before it.
 */
final class WindowContents {
  private final KeyedStateInternals state;
  private final StateTag<? extends GroupingState<Object, Object>> valuesTag;

  /** The timestamp of the pane to come; null where that is the end of the window. */
  private final @Nullable StateTag<WatermarkHoldState> holdTag;

  private StateNamespace[] namespaces = {StateNamespaces.global()};

  /**
   * @param valuesTag of a bag or a combining state
   */
  WindowContents(
      KeyedStateInternals state,
      StateTag<? extends GroupingState<Object, Object>> valuesTag,
      TimestampCombiner timestampCombiner) {
    this.state = state;
    this.valuesTag = valuesTag;
    this.holdTag =
        timestampCombiner == TimestampCombiner.END_OF_WINDOW
            ? null
            : StateTags.watermarkStateInternal("hold", timestampCombiner);
  }

  private StateNamespace namespace(int slot) {
    if (slot >= namespaces.length) {
      int before = namespaces.length;
      namespaces = Arrays.copyOf(namespaces, 2 * slot);
      for (int i = before; i < namespaces.length; i++) {
        namespaces[i] =
            StateNamespaces.windowAndTrigger(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE, i);
      }
    }
    return namespaces[slot];
  }

  GroupingState<Object, Object> values(int slot) {
    return state.state(namespace(slot), valuesTag);
  }

  /** Whether panes have the timestamps of elements. */
  boolean hasHolds() {
    return holdTag != null;
  }

  void hold(int slot, Instant timestamp) {
    if (holdTag != null) {
      state.state(namespace(slot), holdTag).add(timestamp);
    }
  }

  /** Takes the hold out, which held the watermark; null if there was none. */
  @Nullable Instant takeHold(int slot) {
    if (holdTag == null) {
      return null;
    }
    WatermarkHoldState hold = state.state(namespace(slot), holdTag);
    Instant held = hold.read();
    hold.clear();
    return held;
  }

  /** Moves what is in one window to another one. */
  @SuppressWarnings("unchecked")
  void merge(int into, int from) {
    GroupingState<Object, Object> source = values(from);
    if (!source.isEmpty().read()) {
      GroupingState<Object, Object> result = values(into);
      if (source instanceof CombiningState<?, ?, ?> accumulator) {
        ((CombiningState<Object, Object, Object>) result).addAccum(accumulator.getAccum());
      } else {
        ((BagState<Object>) (GroupingState<?, ?>) source).read().forEach(result::add);
      }
      source.clear();
    }
    Instant held = takeHold(from);
    if (held != null) {
      hold(into, held);
    }
  }
}
