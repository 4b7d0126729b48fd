package dev.lintel.runner.task;

import dev.lintel.runner.exchange.Frame;
import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.runner.sideinput.PushbackBuffer;
import dev.lintel.runner.watermark.Timestamps;
import java.util.List;
import java.util.function.Consumer;
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
  private final List<@Nullable StreamOperator> operators;
  private final Bundle bundle;
  private final TaskOutput output;
  private final Consumer<StreamOperator> replayed;
  private long elements;

  /**
   * @param operators by their index in the stage
   * @param output while it is blocked nothing is taken
   * @param replayed is told of an operator that has processed elements which waited for a side
   *     input
   */
  TaskInput(TaskParts parts, TaskOutput output, Consumer<StreamOperator> replayed) {
    this.inboxes = parts.inboxes();
    this.operators = parts.byIndex();
    this.bundle = parts.bundle();
    this.output = output;
    this.replayed = replayed;
  }

  /** Takes a bounded number of frames; returns how many. */
  int take() {
    int taken = 0;
    for (Inbox inbox : inboxes) {
      long before = inbox.framesReceived();
      takeFrom(inbox);
      long frames = inbox.framesReceived() - before;
      String sideInput = inbox.sideInput();
      if (sideInput != null && frames > 0) {
        sideInputs(inbox).advanceWatermark(sideInput, inbox.watermark());
        replayReadyElements(inbox);
      }
      taken += (int) frames;
    }
    return taken;
  }

  /** Stops at a watermark, which has to take effect before what is behind it. */
  private void takeFrom(Inbox inbox) {
    long watermark = inbox.watermark();
    for (int i = 0; i < FRAMES_PER_CYCLE && !output.isBlocked() && isWanted(inbox); i++) {
      Frame.Elements next = inbox.poll();
      if (next == null) {
        return;
      }
      deliver(inbox, next);
      if (inbox.watermark() != watermark) {
        return;
      }
    }
  }

  private boolean isWanted(Inbox inbox) {
    return inbox.sideInput() != null || operator(inbox).takesInput();
  }

  private void deliver(Inbox inbox, Frame.Elements frame) {
    String sideInput = inbox.sideInput();
    int size = frame.size();
    if (sideInput == null) {
      StreamOperator operator = operator(inbox);
      bundle.begin();
      for (int i = 0; i < size; i++) {
        operator.process(frame.value(i), frame.key(i));
      }
      elements += size;
    } else {
      for (int i = 0; i < size; i++) {
        sideInputs(inbox).addPane(sideInput, frame.value(i));
      }
    }
    bundle.worked(size);
  }

  private void replayReadyElements(Inbox inbox) {
    if (sideInputs(inbox).hasReady()) {
      StreamOperator operator = operator(inbox);
      bundle.begin();
      operator.processReadyElements();
      replayed.accept(operator);
    }
  }

  private StreamOperator operator(Inbox inbox) {
    StreamOperator operator = operators.get(inbox.operator());
    if (operator == null) {
      throw new IllegalStateException(
          "Expected an operator behind an exchange, but found a source");
    }
    return operator;
  }

  private PushbackBuffer sideInputs(Inbox inbox) {
    PushbackBuffer sideInputs = operator(inbox).sideInputs();
    if (sideInputs == null) {
      throw new IllegalStateException(
          "Expected an operator with the side input " + inbox.sideInput() + ", but it has none");
    }
    return sideInputs;
  }

  /** The earliest watermark of the main inputs; the end of time if there are none. */
  long watermark() {
    long min = Timestamps.MAX_MILLIS;
    for (Inbox inbox : inboxes) {
      if (inbox.sideInput() == null) {
        min = Math.min(min, inbox.watermark());
      }
    }
    return min;
  }

  /** There are main inputs, and all of them are idle. */
  boolean isIdle() {
    boolean any = false;
    for (Inbox inbox : inboxes) {
      if (inbox.sideInput() == null) {
        if (!inbox.isIdle()) {
          return false;
        }
        any = true;
      }
    }
    return any;
  }

  /** Every input has ended, side inputs too. */
  boolean isEnded() {
    for (Inbox inbox : inboxes) {
      if (!inbox.isEnded()) {
        return false;
      }
    }
    return true;
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
