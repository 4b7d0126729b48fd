package dev.lintel.runner.task;

import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.runner.operator.WorkSharer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A task's operators together, in the order of the stage: what one of them emits is there when it
 * is the next one's turn.
 *
 * <p><i>Ownership:</i> one task.
 */
final class TaskOperators {
  private final List<StreamOperator> operators;
  private final Bundle bundle;

  TaskOperators(TaskParts parts) {
    this.operators = parts.operators();
    this.bundle = parts.bundle();
  }

  void open() {
    operators.forEach(StreamOperator::open);
  }

  void drain() {
    operators.forEach(StreamOperator::drain);
  }

  void bundleCommitted() {
    operators.forEach(StreamOperator::bundleCommitted);
  }

  void close(Closing closing) {
    operators.forEach(each -> closing.run(each::close));
  }

  void advanceProcessingTime(long millis, long synchronizedMillis) {
    for (StreamOperator each : operators) {
      each.advanceProcessingTime(millis, synchronizedMillis);
    }
  }

  void advanceInputWatermark(long millis) {
    for (StreamOperator each : operators) {
      each.advanceInputWatermark(millis);
    }
  }

  void advanceOutputWatermark(long millis) {
    for (StreamOperator each : operators) {
      each.advanceOutputWatermark(millis);
    }
  }

  /** The timestamp of the earliest event-time timer; {@code Long.MAX_VALUE} if there is none. */
  long nextEventTimeMillis() {
    long next = Long.MAX_VALUE;
    for (StreamOperator each : operators) {
      next = Math.min(next, each.nextEventTimeMillis());
    }
    return next;
  }

  boolean hasDueTimer() {
    for (StreamOperator each : operators) {
      if (each.hasDueTimer()) {
        return true;
      }
    }
    return false;
  }

  /** Fires what is due, but not more than {@code max}; returns how many fired. */
  int fireTimers(int max) {
    int fired = 0;
    for (StreamOperator each : operators) {
      while (fired < max && each.hasDueTimer()) {
        bundle.begin();
        each.fireDueTimer();
        fired++;
      }
    }
    bundle.worked(fired);
    return fired;
  }

  /** Makes the processing-time timers of the user's due; false if there are none. */
  boolean skipProcessingTime() {
    boolean any = false;
    for (StreamOperator each : operators) {
      if (each.awaitsProcessingTime()) {
        each.skipProcessingTime();
        any = true;
      }
    }
    return any;
  }

  /**
   * Goes on with work that was put off.
   *
   * @param atOnce also with what was put off until later
   */
  int resume(boolean atOnce) {
    int resumed = 0;
    for (StreamOperator each : operators) {
      if (atOnce) {
        each.skipResumeDelay();
      }
      if (each.canResume()) {
        bundle.begin();
        resumed += each.resume();
      }
    }
    bundle.worked(resumed);
    return resumed;
  }

  boolean hasWorkLeft() {
    for (StreamOperator each : operators) {
      if (each.hasWorkLeft()) {
        return true;
      }
    }
    return false;
  }

  /** Some work is left for after the next checkpoint. */
  boolean awaitsCheckpoint() {
    for (StreamOperator each : operators) {
      if (each.awaitsCheckpoint()) {
        return true;
      }
    }
    return false;
  }

  /** The operator whose work can be done in any slot, of which a stage has at most one. */
  @Nullable WorkSharer sharer() {
    for (StreamOperator each : operators) {
      if (each instanceof WorkSharer sharer && sharer.mayShare()) {
        return sharer;
      }
    }
    return null;
  }
}
