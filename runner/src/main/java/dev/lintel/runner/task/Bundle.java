package dev.lintel.runner.task;

import dev.lintel.runner.operator.StreamOperator;
import java.util.List;

/**
 * A task's current bundle: opened by the first work, ended when the input idles or a limit is
 * reached.
 *
 * <p><i>Ownership:</i> one task.
 */
final class Bundle {
  private final List<StreamOperator> operators;
  private final int elementsMax;
  private final long millisMax;
  private boolean open;
  private int size;
  private long nowMillis;
  private long startMillis;

  /**
   * @param operators in the order of the stage; read when a bundle begins, so it may be filled
   *     until then
   */
  Bundle(List<StreamOperator> operators, TaskLimits limits) {
    this.operators = operators;
    this.elementsMax = limits.bundleElementsMax();
    this.millisMax = limits.bundleMillisMax();
  }

  /** The time as it was read at the beginning of the task's cycle. */
  void setNow(long millis) {
    nowMillis = millis;
  }

  boolean isOpen() {
    return open;
  }

  /** Opens a bundle unless one is open. The operators begin in the order of the stage. */
  void begin() {
    if (!open) {
      open = true;
      size = 0;
      startMillis = nowMillis;
      for (StreamOperator each : operators) {
        each.startBundle();
      }
    }
  }

  void worked(int count) {
    size += count;
  }

  /** How many elements fit in; at least one. */
  int room() {
    return Math.max(1, open ? elementsMax - size : elementsMax);
  }

  boolean isFull() {
    return open && (size >= elementsMax || nowMillis - startMillis >= millisMax);
  }

  /**
   * Ends the bundle: the operators finish in the order of the stage, as what one emits then goes to
   * the next.
   */
  void finish() {
    for (StreamOperator each : operators) {
      each.finishBundle();
    }
    open = false;
  }
}
