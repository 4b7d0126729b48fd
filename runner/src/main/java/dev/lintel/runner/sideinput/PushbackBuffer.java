package dev.lintel.runner.sideinput;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.HoldListener;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.TaskState;
import dev.lintel.translation.plan.Collection;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;

/**
 * The side inputs of an operator, and the main-input elements that wait for them, window by window,
 * in the task's state; the earliest of a window holds the output watermark.
 *
 * <p><i>Ownership:</i> the task's thread.
 */
public final class PushbackBuffer {
  private final SideInputPanes sideInputs;
  private final KeyedStateInternals state;
  private final EncodedKey slotKey;
  private final Coder<BoundedWindow> windowCoder;
  private final StateTag<BagState<WindowedValue<Object>>> elementsTag;
  private final StateTag<WatermarkHoldState> holdTag =
      StateTags.watermarkStateInternal("hold", TimestampCombiner.EARLIEST);

  /** The windows in which elements wait, each with the earliest of their timestamps. */
  private final Map<BoundedWindow, Long> waiting = new LinkedHashMap<>();

  @SuppressWarnings("unchecked")
  public PushbackBuffer(
      String transform, Collection input, SideInputPanes sideInputs, Place place) {
    this.sideInputs = sideInputs;
    this.slotKey = place.slotKey();
    this.state = place.state().keyedState(transform + "/pushback", place.holds());
    this.windowCoder = (Coder<BoundedWindow>) input.windowing().getWindowFn().windowCoder();
    this.elementsTag =
        StateTags.bag(
            "elements", WindowedValues.getFullCoder((Coder<Object>) input.coder(), windowCoder));
  }

  /** Where the elements of a task wait, and what holds its watermark meanwhile. */
  public record Place(TaskState state, HoldListener holds, EncodedKey slotKey) {}

  /**
   * Takes a pane of a side input: its value is an {@code Iterable} of the side input's elements.
   */
  public void addPane(String tag, WindowedValue<?> pane) {
    sideInputs.add(tag, pane);
  }

  /** The watermark of a side input moved: windows of it may be ready because nothing came. */
  public void advanceWatermark(String tag, long millis) {
    sideInputs.advanceWatermark(tag, millis);
  }

  /** Hands an element on in the windows that are ready, and keeps it in the others. */
  @SuppressWarnings("unchecked")
  public void process(WindowedValue<Object> element, Consumer<WindowedValue<Object>> ready) {
    for (WindowedValue<Object> each : (Iterable<WindowedValue<Object>>) element.explodeWindows()) {
      BoundedWindow window = each.getWindows().iterator().next();
      if (!waiting.containsKey(window) && sideInputs.isReady(window)) {
        ready.accept(each);
      } else {
        keep(window, each);
      }
    }
  }

  private void keep(BoundedWindow window, WindowedValue<Object> element) {
    waiting.merge(window, element.getTimestamp().getMillis(), Math::min);
    state.setCurrentKey(slotKey, null);
    StateNamespace namespace = StateNamespaces.window(windowCoder, window);
    state.state(namespace, elementsTag).add(element);
    state.state(namespace, holdTag).add(element.getTimestamp());
  }

  /** The earliest timestamp of an element that waits; {@code Long.MAX_VALUE} if none does. */
  public long earliestMillis() {
    long earliest = Long.MAX_VALUE;
    for (long each : waiting.values()) {
      earliest = Math.min(earliest, each);
    }
    return earliest;
  }

  /** Elements wait in a window that has become ready. */
  public boolean hasReady() {
    for (BoundedWindow window : waiting.keySet()) {
      if (sideInputs.isReady(window)) {
        return true;
      }
    }
    return false;
  }

  /** Hands on every element whose window has become ready. */
  public void replayReady(Consumer<WindowedValue<Object>> ready) {
    List<BoundedWindow> nowReady = new ArrayList<>();
    for (Iterator<BoundedWindow> it = waiting.keySet().iterator(); it.hasNext(); ) {
      BoundedWindow window = it.next();
      if (sideInputs.isReady(window)) {
        nowReady.add(window);
        it.remove();
      }
    }
    for (BoundedWindow window : nowReady) {
      state.setCurrentKey(slotKey, null);
      StateNamespace namespace = StateNamespaces.window(windowCoder, window);
      BagState<WindowedValue<Object>> elements = state.state(namespace, elementsTag);
      WatermarkHoldState hold = state.state(namespace, holdTag);
      for (WindowedValue<Object> each : elements.read()) {
        ready.accept(each);
      }
      elements.clear();
      hold.clear();
    }
  }
}
