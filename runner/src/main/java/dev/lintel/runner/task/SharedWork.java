package dev.lintel.runner.task;

import dev.lintel.runner.operator.WorkSharer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * A task's side of the sharing of work between the slots of its stage: says when there is none
 * left, gives some away when asked to, and takes some.
 *
 * <p><i>Ownership:</i> one task.
 */
final class SharedWork {
  private final TaskId id;
  private final WorkSharer sharer;
  private final Consumer<TaskEvent> coordinator;
  private boolean wanted;
  private boolean asked;
  private boolean hurried;
  private boolean ended;

  SharedWork(TaskId id, WorkSharer sharer, Consumer<TaskEvent> coordinator) {
    this.id = id;
    this.sharer = sharer;
    this.coordinator = coordinator;
    sharer.beginSharing();
  }

  void request() {
    asked = true;
    sharer.requestWork();
  }

  /** Somebody waits for the answer: work that can't be divided may go on without an end. */
  void hurry() {
    hurried = asked;
  }

  void take(List<WindowedValue<?>> work) {
    wanted = false;
    sharer.takeWork(work);
  }

  void end() {
    ended = true;
    sharer.endSharing();
  }

  /** Work may still come from another slot. */
  boolean isExpected() {
    return !ended;
  }

  /**
   * Between bundles: answers a request if it can, and says when there is no work left.
   *
   * @param inputEnded and all that has come is with the operator
   */
  void update(boolean inputEnded) {
    boolean done = inputEnded && !sharer.hasWorkLeft();
    List<WindowedValue<?>> offer = asked ? sharer.offerWork() : null;
    if (offer == null && asked && (done || hurried)) {
      sharer.withdrawRequest();
      offer = List.of();
    }
    if (offer != null) {
      asked = false;
      hurried = false;
      coordinator.accept(new TaskEvent.WorkShared(id, offer));
    }
    if (done && !wanted && !ended) {
      wanted = true;
      coordinator.accept(new TaskEvent.WorkWanted(id));
    }
  }
}
