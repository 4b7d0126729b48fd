package dev.lintel.runner.task;

import dev.lintel.runner.exchange.Frame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the barriers of a task's channels together. A channel whose barrier has come is held back
 * until all others have given theirs, so that the snapshot which is taken then has the effects of
 * exactly what came before the barriers. A channel that has ended gives no barrier and is not
 * waited for.
 *
 * <p>Worked out for channels A and B: the barrier of 7 comes on A: nothing more is taken from A. B
 * ends, or gives its barrier: complete. If instead 7 was given up and the barrier of 8 comes on B:
 * A is taken from again, until its barrier of 8.
 *
 * <p>A task that has no open channel learns of a checkpoint from the coordinator alone, which tells
 * every task.
 *
 * <p><i>Ownership:</i> one task.
 */
final class Alignment {
  private final List<Inbox> inboxes;
  private final boolean holdsBack;

  /** Of the checkpoint whose barriers are awaited. */
  private Frame.@Nullable Barrier current;

  /** The newest checkpoint that is over for this task, taken or given up. */
  private long over;

  /** Open channels that have not given the current barrier. */
  private int missing;

  /**
   * @param holdsBack false: no channel ever waits for another, and a snapshot may have effects of
   *     elements behind the barrier
   */
  Alignment(List<Inbox> inboxes, boolean holdsBack) {
    this.inboxes = inboxes;
    this.holdsBack = holdsBack;
    inboxes.forEach(each -> each.attach(this));
  }

  /** A checkpoint has begun, whether its barriers are on their way or there are none to come. */
  void begin(Frame.Barrier barrier) {
    if (barrier.checkpoint() > over
        && (current == null || barrier.checkpoint() > current.checkpoint())) {
      release();
      current = barrier;
      for (Inbox each : inboxes) {
        missing += each.expectBarriers();
      }
    }
  }

  /** A checkpoint will not become complete. */
  void giveUp(long checkpoint) {
    over = Math.max(over, checkpoint);
    if (current != null && current.checkpoint() <= checkpoint) {
      release();
    }
  }

  /** The snapshot of the current checkpoint has been taken: all channels go on. */
  void taken() {
    if (current != null) {
      over = current.checkpoint();
    }
    release();
  }

  private void release() {
    current = null;
    missing = 0;
    inboxes.forEach(Inbox::release);
  }

  /** Null if no checkpoint is under way. */
  Frame.@Nullable Barrier current() {
    return current;
  }

  /** The current checkpoint's barriers are together. */
  boolean isComplete() {
    return current != null && missing == 0;
  }

  /**
   * A channel has given a barrier.
   *
   * @return false if it is of a checkpoint that is over
   */
  boolean arrived(Frame.Barrier barrier) {
    begin(barrier);
    if (!barrier.equals(current)) {
      return false;
    }
    missing--;
    return true;
  }

  boolean holdsBack() {
    return holdsBack;
  }

  /** A channel that had not given the barrier has ended, and will not. */
  void endedWithoutBarrier() {
    if (current != null) {
      missing--;
    }
  }
}
