package dev.lintel.runner.task;

import dev.lintel.runner.exchange.Frame;
import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A task's inboxes together: takes what is there to the operators that it is for, side inputs
 * first, and merges the watermarks of the main inputs.
 *
 * <p><i>Ownership:</i> one task.
 */
final class TaskInput {
  private static final int FRAMES_PER_CYCLE = 8;

  private final List<Inbox> inboxes;
  private final List<Inbox> mainInboxes;
  private final List<Inbox> sideInboxes;

  /** Those that have side inputs, each once. */
  private final List<StreamOperator> waiters;

  private final List<@Nullable StreamOperator> operators;
  private final Bundle bundle;
  private final TaskOutput output;
  private final Consumer<StreamOperator> replayed;
  private long elements;

  /**
   * Which main input is taken from first: one that fills each bundle must not starve the others.
   */
  private int first;

  /**
   * @param operators by their index in the stage
   * @param output while it is blocked nothing is taken
   * @param replayed is told of an operator that has processed elements which waited for a side
   *     input
   */
  TaskInput(TaskParts parts, TaskOutput output, Consumer<StreamOperator> replayed) {
    this.inboxes = parts.inboxes();
    this.operators = parts.byIndex();
    this.mainInboxes = inboxes.stream().filter(each -> each.sideInput() == null).toList();
    this.sideInboxes = inboxes.stream().filter(each -> each.sideInput() != null).toList();
    this.waiters = sideInboxes.stream().map(this::operator).distinct().toList();
    this.bundle = parts.bundle();
    this.output = output;
    this.replayed = replayed;
  }

  /**
   * Takes a bounded number of frames, and has elements processed that waited for a side input; no
   * other main input is taken while there are such. Returns how many frames and elements.
   */
  int take() {
    int taken = 0;
    for (Inbox inbox : sideInboxes) {
      int frames = takeFrom(inbox);
      if (frames > 0) {
        tellWatermark(inbox);
      }
      taken += frames;
    }
    int waited = processReadyElements();
    if (waited > 0) {
      return taken + waited;
    }
    int inputs = mainInboxes.size();
    for (int i = 0; i < inputs; i++) {
      taken += takeFrom(mainInboxes.get((first + i) % inputs));
    }
    first = inputs == 0 ? 0 : (first + 1) % inputs;
    return taken;
  }

  List<Inbox> mainInboxes() {
    return mainInboxes;
  }

  /**
   * Takes the side inputs up to the barriers of the current checkpoint, even while the output is
   * blocked: it makes no output.
   *
   * @return whether all barriers of side inputs have come
   */
  boolean takeSideInputsToBarriers() {
    boolean complete = true;
    for (Inbox inbox : sideInboxes) {
      for (Frame.Elements next = inbox.poll(); next != null; next = inbox.poll()) {
        deliver(inbox, next);
      }
      tellWatermark(inbox);
      complete &= inbox.gaveBarriers();
    }
    return complete;
  }

  private void tellWatermark(Inbox inbox) {
    String sideInput = inbox.sideInput();
    if (sideInput != null) {
      sideInputs(operator(inbox)).advanceWatermark(sideInput, inbox.watermark());
    }
  }

  /** Stops at a watermark, which has to take effect before what is behind it. */
  private int takeFrom(Inbox inbox) {
    long watermark = inbox.watermark();
    long before = inbox.framesReceived();
    for (int i = 0; i < FRAMES_PER_CYCLE && mayTake(inbox); i++) {
      Frame.Elements next = inbox.poll();
      if (next == null) {
        break;
      }
      deliver(inbox, next);
      if (inbox.watermark() != watermark) {
        break;
      }
    }
    return (int) (inbox.framesReceived() - before);
  }

  private boolean mayTake(Inbox inbox) {
    return !output.isBlocked()
        && (inbox.sideInput() != null || (!bundle.isFull() && operator(inbox).takesInput()));
  }

  private void deliver(Inbox inbox, Frame.Elements frame) {
    String sideInput = inbox.sideInput();
    int size = frame.size();
    if (sideInput == null) {
      StreamOperator operator = operator(inbox);
      bundle.begin();
      @Nullable EncodedKey[] keys = frame.keys();
      if (keys != null) {
        operator.preload(keys, size);
      }
      for (int i = 0; i < size; i++) {
        operator.process(frame.value(i), frame.key(i));
      }
      elements += size;
    } else {
      for (int i = 0; i < size; i++) {
        sideInputs(operator(inbox)).addPane(sideInput, frame.value(i));
      }
    }
    bundle.worked(size);
  }

  private int processReadyElements() {
    int processed = 0;
    for (StreamOperator operator : waiters) {
      if (sideInputs(operator).hasReady() && !output.isBlocked()) {
        bundle.begin();
        processed += sideInputs(operator).replayReady();
        replayed.accept(operator);
      }
    }
    bundle.worked(processed);
    return processed;
  }

  private StreamOperator operator(Inbox inbox) {
    StreamOperator operator = operators.get(inbox.operator());
    if (operator == null) {
      throw new IllegalStateException(
          "Expected an operator behind an exchange, but found a source");
    }
    return operator;
  }

  private static PushbackBuffer sideInputs(StreamOperator operator) {
    PushbackBuffer sideInputs = operator.sideInputs();
    if (sideInputs == null) {
      throw new IllegalStateException(
          "Expected an operator with side inputs behind a broadcast, but it has none");
    }
    return sideInputs;
  }

  /** The earliest watermark of the main inputs; the end of time if there are none. */
  long watermark() {
    long min = Timestamps.MAX_MILLIS;
    for (Inbox inbox : mainInboxes) {
      min = Math.min(min, inbox.watermark());
    }
    return min;
  }

  /** There are main inputs, and all of them are idle. */
  boolean isIdle() {
    for (Inbox inbox : mainInboxes) {
      if (!inbox.isIdle()) {
        return false;
      }
    }
    return !mainInboxes.isEmpty();
  }

  /** Every input has ended, side inputs too, and no element waits that could be processed. */
  boolean isEnded() {
    for (Inbox inbox : inboxes) {
      if (!inbox.isEnded()) {
        return false;
      }
    }
    return !hasReadyElements();
  }

  /** Elements wait whose side inputs are ready. */
  boolean hasReadyElements() {
    return hasWaiter(PushbackBuffer::hasReady);
  }

  /** Elements wait, whether their side inputs are ready or not. */
  boolean hasWaitingElements() {
    return hasWaiter(PushbackBuffer::hasWaiting);
  }

  private boolean hasWaiter(Predicate<PushbackBuffer> whose) {
    for (StreamOperator operator : waiters) {
      if (whose.test(sideInputs(operator))) {
        return true;
      }
    }
    return false;
  }

  /** Main-input elements taken so far. */
  long elements() {
    return elements;
  }

  long framesReceived() {
    long received = 0;
    for (Inbox each : inboxes) {
      received += each.framesReceived();
    }
    return received;
  }
}
