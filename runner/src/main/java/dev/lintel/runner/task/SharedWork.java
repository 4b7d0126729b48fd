package dev.lintel.runner.task;

import dev.lintel.runner.operator.WorkSharer;
import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.values.WindowedValue;

/**
 * A task's side of the sharing of work between the slots of its stage: says when there is none left,
 * gives some away when asked to, and takes some.
 *
 * <p><i>Ownership:</i> one task.
 */
final class SharedWork {
  private final TaskId id;
  private final WorkSharer sharer;
  private final Consumer<TaskEvent> coordinator;
  private Said said = Said.NOTHING;
  private boolean ended;

  /** What the coordinator was told since the last work came. */
  private enum Said {
    NOTHING,
    WANTED,
    WANTED_AND_INPUT_ENDED
  }

  SharedWork(TaskId id, WorkSharer sharer, Consumer<TaskEvent> coordinator) {
    this.id = id;
    this.sharer = sharer;
    this.coordinator = coordinator;
    sharer.beginSharing();
  }

  void request() {
    sharer.requestWork();
  }

  void take(List<WindowedValue<?>> work) {
    said = Said.NOTHING;
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
   * Between bundles.
   *
   * @param idle there is no input at the moment
   */
  void update(boolean idle, boolean inputEnded) {
    List<WindowedValue<?>> offer = sharer.offerWork();
    if (offer != null) {
      coordinator.accept(new TaskEvent.WorkShared(id, offer));
    }
    if (ended || !sharer.isOutOfWork()) {
      said = Said.NOTHING;
    } else if (idle) {
      Said toSay = inputEnded ? Said.WANTED_AND_INPUT_ENDED : Said.WANTED;
      if (said != toSay) {
        said = toSay;
        coordinator.accept(new TaskEvent.WorkWanted(id, inputEnded));
      }
    }
  }
}
