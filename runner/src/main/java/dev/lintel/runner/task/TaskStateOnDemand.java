package dev.lintel.runner.task;

import dev.lintel.state.Preparation;
import dev.lintel.state.TaskState;
import dev.lintel.state.snapshot.StateSnapshot;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A task's state, opened when the first operator asks for it. <i>Ownership:</i> one task. */
final class TaskStateOnDemand implements Supplier<TaskState> {
  private final Supplier<TaskState> open;
  private @Nullable TaskState state;

  TaskStateOnDemand(Supplier<TaskState> open) {
    this.open = open;
  }

  @Override
  public TaskState get() {
    if (state == null) {
      state = open.get();
    }
    return state;
  }

  /** As {@link TaskState#prepareSnapshot}. */
  Preparation prepareSnapshot(int entriesMax, int enough) {
    return state == null ? Preparation.DONE : state.prepareSnapshot(entriesMax, enough);
  }

  /** As {@link TaskState#unwritten}. */
  int unwritten() {
    return state == null ? 0 : state.unwritten();
  }

  /** As {@link TaskState#takeWaitNanos}. */
  long takeWaitNanos() {
    return state == null ? 0 : state.takeWaitNanos();
  }

  /** Null if the state was never opened: there is nothing to restore, then. */
  @Nullable StateSnapshot snapshot(boolean portable) {
    if (state == null) {
      return null;
    }
    return portable ? state.portableSnapshot() : state.snapshot();
  }

  /** Closes the state if it was opened. */
  void close() {
    if (state != null) {
      state.close();
    }
  }
}
