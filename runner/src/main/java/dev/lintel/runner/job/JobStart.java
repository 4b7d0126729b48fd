package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.metrics.MetricsSnapshot;
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

  /** Null if the task begins anew. */
  @Nullable RestoredTask task(TaskId id);

  /** Begins to bring here what {@link #openState} will need. */
  default void fetchState(TaskId id, String name, KeyGroupRange keyGroups) {}

  /** Waits until all of it is here: nothing is written to its folders any more. */
  default void endFetching() {}

  /** Opens a task's state, with what there is of it; the task may do so at any time. */
  TaskState openState(TaskId id, String name, KeyGroupRange keyGroups);
}
