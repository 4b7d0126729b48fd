package dev.lintel.runner.sideinput;

import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HoldListener;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.SideInput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.ReadyCheckingSideInputReader;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/**
 * The side inputs of an operator, and the main-input elements that wait for them, window by window,
 * in the task's state; the earliest of a window holds the output watermark.
 *
 * <p>Elements wait in chunks of a bounded size, so that they can be replayed in bounded steps, each
 * of which leaves nothing behind in state that it has handed on. Elements of a window are handed on
 * in the order in which they came: those that come while others still wait queue up behind them.
 *
 * <p><i>Ownership:</i> the task's thread.
 */
public final class PushbackBuffer {
  /** Elements that one step replays, at most. */
  static final int CHUNK_ELEMENTS_MAX = 1_000;

  private final SideInputPanes panes;
  private final String transform;
  private final Context context;
  private final Coder<BoundedWindow> windowCoder;
  private final StateTag<BagState<WindowedValue<Object>>> elementsTag;
  private final StateTag<WatermarkHoldState> holdTag =
      StateTags.watermarkStateInternal("hold", TimestampCombiner.EARLIEST);
  private final Counter droppedDueToLateness;
  private final Map<BoundedWindow, Waiting> waiting = new HashMap<>();
  private @Nullable KeyedStateInternals stateOfWaiting;

  /** The earliest timestamp of each window in which elements wait. */
  private final WatermarkHolds earliest = new WatermarkHolds();

  /** Takes an element whose side inputs are ready, and its encoded key if it still has it. */
  @FunctionalInterface
  public interface Ready {
    void process(WindowedValue<Object> element, @Nullable EncodedKey key);
  }

  /**
   * What an operator gives its buffer.
   *
   * @param stateOnDemand is asked for state when an element is the first to wait
   * @param holds keep the output watermark back while elements wait
   * @param slotKey addresses the elements that wait
   */
  public record Context(
      Supplier<TaskState> stateOnDemand,
      HoldListener holds,
      EncodedKey slotKey,
      TaskMetrics metrics) {}

  /** The chunks of one window. The last one grows; the first is the next to be replayed. */
  private final class Waiting {
    private final BoundedWindow window;
    private final StateNamespace namespace;
    private StateNamespace lastNamespace;
    private long earliestMillis;
    private int first;
    private int last;
    private int lastSize;

    Waiting(BoundedWindow window, long timestampMillis) {
      this.window = window;
      this.earliestMillis = timestampMillis;
      namespace = StateNamespaces.window(windowCoder, window);
      lastNamespace = chunk(0);
    }

    StateNamespace chunk(int number) {
      return StateNamespaces.windowAndTrigger(windowCoder, window, number);
    }

    /** Where the next element is to be kept. */
    StateNamespace growing() {
      if (lastSize == CHUNK_ELEMENTS_MAX) {
        last++;
        lastSize = 0;
        lastNamespace = chunk(last);
      }
      lastSize++;
      return lastNamespace;
    }
  }

  /**
   * @param transform the unique name of the operator's transform
   * @param input the main input
   */
  @SuppressWarnings("unchecked")
  public PushbackBuffer(
      String transform, Collection input, List<SideInput> sideInputs, Context context) {
    panes = new SideInputPanes(sideInputs, input.windowing().getAllowedLateness());
    this.transform = transform;
    this.context = context;
    windowCoder = (Coder<BoundedWindow>) input.windowing().getWindowFn().windowCoder();
    elementsTag =
        StateTags.bag(
            "elements", WindowedValues.getFullCoder((Coder<Object>) input.coder(), windowCoder));
    droppedDueToLateness =
        context
            .metrics()
            .container(transform)
            .getCounter(
                MetricName.named(
                    LateDataDroppingDoFnRunner.class,
                    LateDataDroppingDoFnRunner.DROPPED_DUE_TO_LATENESS));
  }

  /** The side inputs, for the DoFn. */
  public ReadyCheckingSideInputReader reader() {
    return panes;
  }

  /** Takes a pane of a side input: its value is a {@link Pane}. */
  public void addPane(String tag, WindowedValue<?> pane) {
    panes.add(tag, pane);
  }

  /** The watermark of a side input moved: windows of it may be ready because nothing came. */
  public void advanceWatermark(String tag, long millis) {
    panes.advanceWatermark(tag, millis);
  }

  /**
   * No element that comes from now on is earlier, except late ones: lets go of the panes that only
   * elements beyond the allowed lateness could ask for. Such elements are dropped.
   *
   * @param millis the task's output watermark: an operator before this one in the task may still
   *     emit what is earlier than the input watermark, but not than that
   */
  public void expire(long millis) {
    panes.expire(millis);
  }

  /** Opened by the first element that waits: most operators never have one. */
  private KeyedStateInternals state() {
    KeyedStateInternals state = stateOfWaiting;
    if (state == null) {
      state = context.stateOnDemand.get().keyedState(transform + "/pushback", context.holds);
      stateOfWaiting = state;
    }
    state.setCurrentKey(context.slotKey, null);
    return state;
  }

  /** Hands an element on in the windows that are ready, and keeps it in the others. */
  public void process(WindowedValue<Object> element, @Nullable EncodedKey key, Ready ready) {
    if (element.getWindows().size() == 1) {
      processInWindow(element, key, ready);
      return;
    }
    for (WindowedValue<Object> each : element.explodeWindows()) {
      processInWindow(each, key, ready);
    }
  }

  private void processInWindow(
      WindowedValue<Object> element, @Nullable EncodedKey key, Ready ready) {
    BoundedWindow window = element.getWindows().iterator().next();
    if (panes.isExpired(window)) {
      droppedDueToLateness.inc();
      return;
    }
    Waiting before = waiting.isEmpty() ? null : waiting.get(window);
    if (before != null) {
      keep(before, element);
    } else if (panes.isReady(window)) {
      ready.process(element, key);
    } else {
      keepFirst(window, element);
    }
  }

  private void keepFirst(BoundedWindow window, WindowedValue<Object> element) {
    Waiting first = new Waiting(window, element.getTimestamp().getMillis());
    waiting.put(window, first);
    earliest.holdAdded(first.earliestMillis);
    state().state(first.namespace, holdTag).add(element.getTimestamp());
    keep(first, element);
    panes.await(window);
  }

  private void keep(Waiting in, WindowedValue<Object> element) {
    state().state(in.growing(), elementsTag).add(element);
    long millis = element.getTimestamp().getMillis();
    if (millis < in.earliestMillis) {
      earliest.holdRemoved(in.earliestMillis);
      earliest.holdAdded(millis);
      in.earliestMillis = millis;
      state().state(in.namespace, holdTag).add(element.getTimestamp());
    }
  }

  /** The earliest timestamp of an element that waits; {@code Long.MAX_VALUE} if none does. */
  public long earliestMillis() {
    return earliest.min();
  }

  /** Elements wait in a window that has become ready. */
  public boolean hasReady() {
    return panes.peekReady() != null;
  }

  /**
   * Hands on elements whose window has become ready, a bounded number of them.
   *
   * @return how many
   */
  public int replayReady(Ready ready) {
    BoundedWindow window = panes.peekReady();
    Waiting next = window == null ? null : waiting.get(window);
    if (next == null) {
      throw new IllegalStateException("Expected elements to wait in window " + window);
    }
    BagState<WindowedValue<Object>> elements = state().state(next.chunk(next.first), elementsTag);
    int replayed = 0;
    for (WindowedValue<Object> each : elements.read()) {
      ready.process(each, null);
      replayed++;
    }
    elements.clear();
    if (next.first < next.last) {
      next.first++;
    } else {
      state().state(next.namespace, holdTag).clear();
      earliest.holdRemoved(next.earliestMillis);
      waiting.remove(next.window);
      panes.removeReady();
    }
    return replayed;
  }

  /** How many panes are kept. */
  int paneCount() {
    return panes.size();
  }
}
