package dev.lintel.runner.task;

import dev.lintel.runner.exchange.Frame;
import dev.lintel.runner.exchange.Outbox;
import dev.lintel.runner.watermark.Timestamps;
import java.util.List;

/**
 * A task's outboxes together, and the watermark that it has told the next stages.
 *
 * <p><i>Ownership:</i> one task.
 */
final class TaskOutput {
  private final List<Outbox> outboxes;
  private long watermarkMillis = Timestamps.MIN_MILLIS;
  private boolean saidIdle;
  private boolean ended;

  TaskOutput(List<Outbox> outboxes) {
    this.outboxes = outboxes;
  }

  /** Some frame waits for room in its channel. */
  boolean isBlocked() {
    for (Outbox each : outboxes) {
      if (each.isBlocked()) {
        return true;
      }
    }
    return false;
  }

  /** Tries again to hand over what full channels refused; zero if some still is refused. */
  int drain() {
    for (Outbox each : outboxes) {
      each.drain();
    }
    return isBlocked() ? 0 : 1;
  }

  /** Hands over what has been gathered. */
  void flush() {
    for (Outbox each : outboxes) {
      each.flush();
    }
  }

  void wakeConsumers() {
    for (Outbox each : outboxes) {
      each.wakeConsumers();
    }
  }

  /** Tells the next stages a later watermark. */
  void advanceWatermark(long millis) {
    watermarkMillis = millis;
    saidIdle = false;
    broadcast(new Frame.Watermark(millis));
  }

  long watermark() {
    return watermarkMillis;
  }

  /** Tells the next stages if the task has become idle, or has ceased to be; zero if neither. */
  int sayIdle(boolean idle) {
    if (idle == saidIdle) {
      return 0;
    }
    saidIdle = idle;
    broadcast(idle ? Frame.Idle.INSTANCE : new Frame.Watermark(watermarkMillis));
    return 1;
  }

  void end() {
    ended = true;
    broadcast(Frame.EndOfInput.INSTANCE);
  }

  /** Sends a barrier on; nobody waits for one from a task that has ended its output. */
  void sendBarrier(Frame.Barrier barrier) {
    if (!ended) {
      broadcast(barrier);
    }
  }

  private void broadcast(Frame frame) {
    for (Outbox each : outboxes) {
      each.broadcast(frame);
    }
  }

  long framesSent() {
    long sent = 0;
    for (Outbox each : outboxes) {
      sent += each.framesSent();
    }
    return sent;
  }
}
