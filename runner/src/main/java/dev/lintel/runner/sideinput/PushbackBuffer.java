package dev.lintel.runner.sideinput;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.waiting.ElementQueue;
import dev.lintel.runner.waiting.WaitingElements;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HoldListener;
import dev.lintel.state.KeyGroups;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.SideInput;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.beam.runners.core.LateDataDroppingDoFnRunner;
import org.apache.beam.runners.core.ReadyCheckingSideInputReader;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.jspecify.annotations.Nullable;

/**
 * The side inputs of an operator, and the main-input elements that wait for them, window by window,
 * in the task's state; they hold the output watermark.
 *
 * <p>Elements wait in chunks of a bounded size, so that they can be replayed in bounded steps, each
 * of which leaves nothing behind in state that it has handed on. Elements of a window are handed on
 * in the order in which they came: those that come while others still wait queue up behind them.
 *
 * <p>A checkpoint has the panes as files and the elements in the state, in a queue for each window
 * and each slot that it was filled by. The watermarks of side inputs are not in it: their producers
 * tell them again, and until then elements wait.
 *
 * <p><i>Ownership:</i> the task's thread.
 */
public final class PushbackBuffer {
  private static final String STATE_ID = "$waiting for side inputs";

  private final SideInputPanes panes;
  private final String transform;
  private final Context context;
  private final Ready ready;
  private final Coder<BoundedWindow> windowCoder;
  private final Coder<WindowedValue<Object>> elementCoder;
  private final Counter droppedDueToLateness;
  private final Map<BoundedWindow, Waiting> waiting = new HashMap<>();
  private @Nullable WaitingElements elementsOfState;

  /** The earliest timestamps of elements that wait. */
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
   * @param slotKey of a group of the task's, in which elements wait
   * @param restored reads the panes of a checkpoint
   */
  public record Context(
      Supplier<TaskState> stateOnDemand,
      HoldListener holds,
      EncodedKey slotKey,
      TaskMetrics metrics,
      RestoredPanes restored) {}

  /** The elements of one window. */
  private static final class Waiting {
    /** None is empty. Behind those from a checkpoint comes the one that new elements go to. */
    final Deque<ElementQueue> queues = new ArrayDeque<>();

    @Nullable ElementQueue growing;
  }

  /**
   * @param transform the unique name of the operator's transform
   * @param input the main input
   * @param ready takes the elements
   */
  @SuppressWarnings("unchecked")
  public PushbackBuffer(
      String transform,
      Collection input,
      List<SideInput> sideInputs,
      Context context,
      Ready ready) {
    panes = new SideInputPanes(sideInputs, input.windowing().getAllowedLateness());
    this.transform = transform;
    this.context = context;
    this.ready = ready;
    windowCoder = (Coder<BoundedWindow>) input.windowing().getWindowFn().windowCoder();
    elementCoder = WindowedValues.getFullCoder((Coder<Object>) input.coder(), windowCoder);
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
  private WaitingElements elements() {
    WaitingElements elements = elementsOfState;
    if (elements == null) {
      elements =
          new WaitingElements(
              context.stateOnDemand.get(), transform, STATE_ID, elementCoder, new Holds());
      elementsOfState = elements;
    }
    return elements;
  }

  /** What holds the output watermark is also what waits. */
  private final class Holds implements HoldListener {
    @Override
    public void holdAdded(long timestampMillis) {
      context.holds.holdAdded(timestampMillis);
      earliest.holdAdded(timestampMillis);
    }

    @Override
    public void holdRemoved(long timestampMillis) {
      context.holds.holdRemoved(timestampMillis);
      earliest.holdRemoved(timestampMillis);
    }
  }

  // ---- elements ----

  /** Hands an element on in the windows that are ready, and keeps it in the others. */
  public void process(WindowedValue<Object> element, @Nullable EncodedKey key) {
    if (element.getWindows().size() == 1) {
      processInWindow(element, key);
      return;
    }
    for (WindowedValue<Object> each : element.explodeWindows()) {
      processInWindow(each, key);
    }
  }

  private void processInWindow(WindowedValue<Object> element, @Nullable EncodedKey key) {
    BoundedWindow window = element.getWindows().iterator().next();
    if (panes.isExpired(window)) {
      droppedDueToLateness.inc();
      return;
    }
    Waiting before = waiting.isEmpty() ? null : waiting.get(window);
    if (before != null) {
      keep(before, window, element);
    } else if (panes.isReady(window)) {
      ready.process(element, key);
    } else {
      Waiting first = new Waiting();
      waiting.put(window, first);
      keep(first, window, element);
      panes.await(window);
    }
  }

  private void keep(Waiting in, BoundedWindow window, WindowedValue<Object> element) {
    ElementQueue queue = in.growing;
    if (queue == null) {
      queue = elements().newQueue(keyGroup(), encode(window));
      in.growing = queue;
      in.queues.add(queue);
    }
    queue.add(element);
  }

  private int keyGroup() {
    return KeyGroups.groupOf(context.slotKey, context.stateOnDemand.get().maxParallelism());
  }

  private byte[] encode(BoundedWindow window) {
    try {
      return CoderUtils.encodeToByteArray(windowCoder, window);
    } catch (CoderException e) {
      throw new IllegalStateException(
          "Expected " + windowCoder + " to encode the window " + window + " of " + transform, e);
    }
  }

  private BoundedWindow decode(byte[] window) {
    try {
      return CoderUtils.decodeFromByteArray(windowCoder, window);
    } catch (CoderException e) {
      throw new IllegalStateException(
          "Expected " + windowCoder + " to decode a window of " + transform + " that was stored",
          e);
    }
  }

  /** The earliest timestamp of an element that waits; {@code Long.MAX_VALUE} if none does. */
  public long earliestMillis() {
    return earliest.min();
  }

  /** Elements wait, whether their window is ready or not. */
  public boolean hasWaiting() {
    return earliestMillis() < Long.MAX_VALUE;
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
  public int replayReady() {
    BoundedWindow window = panes.peekReady();
    Waiting next = window == null ? null : waiting.get(window);
    ElementQueue queue = next == null ? null : next.queues.peek();
    if (window == null || next == null || queue == null) {
      throw new IllegalStateException("Expected elements to wait in window " + window);
    }
    List<WindowedValue<Object>> elements = queue.take();
    for (WindowedValue<Object> each : elements) {
      ready.process(each, null);
    }
    if (queue.isEmpty()) {
      next.queues.remove();
      if (queue.equals(next.growing)) {
        next.growing = null;
      }
      if (next.queues.isEmpty()) {
        waiting.remove(window);
        panes.removeReady();
      }
    }
    return elements.size();
  }

  // ---- checkpoints ----

  /** Gives the panes. The elements that wait are in the task's state. */
  public void snapshot(OperatorSnapshot snapshot) {
    panes.snapshot(snapshot);
    context.restored.giveBackUnreachable();
  }

  /** Before anything else: takes the panes back, and the elements of the task's key groups. */
  public void restore(RestoredOperator restored) {
    panes.restore(restored.files(), context.restored);
    for (ElementQueue each : elements().restored()) {
      Waiting in = waiting.computeIfAbsent(decode(each.name()), any -> new Waiting());
      in.queues.add(each);
      if (each.keyGroup() == keyGroup()) {
        in.growing = each;
      }
    }
    waiting.keySet().forEach(panes::await);
  }

  /** How many panes are kept. */
  int paneCount() {
    return panes.size();
  }
}
