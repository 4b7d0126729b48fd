package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.runner.task.TaskId;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.TaskState;
import org.jspecify.annotations.Nullable;

/** What an attempt begins with: nothing, or a checkpoint. */
interface JobStart {
  /** What is left of the sources to hand out. */
  SourceSplits splits();

  /** What had been counted before. */
  MetricsSnapshot metrics();

  /** It goes on with a drain that was under way. */
  default boolean isDraining() {
    return false;
  }

  /** How groupings keep what they have. */
  default KeptGears gears() {
    return KeptGears.NONE;
  }

  /** Null if the task begins anew. */
  @Nullable RestoredTask task(TaskId id);

  /** Begins to bring here what there is of a task's state, and to open it. */
  default void prepareState(TaskId id, String name, KeyGroupRange keyGroups) {}

  /** Waits until that is done for all tasks, or fails if it can't be done for one. */
  default void awaitStates() {}

  /** Closes what no task has asked for, if need be after waiting for it. */
  default void closeStates() {}

  /** A task's state, with what there is of it; the task may ask for it at any time, once. */
  TaskState openState(String name, KeyGroupRange keyGroups);
}
