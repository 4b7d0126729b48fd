package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.task.TaskId;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.TaskState;
import org.jspecify.annotations.Nullable;

/** A job that begins anew: empty state, and everything is to be read. */
record FreshStart(SourceSplits splits, JobSettings settings) implements JobStart {
  @Override
  public MetricsSnapshot metrics() {
    return MetricsSnapshot.empty();
  }

  @Override
  public @Nullable RestoredTask task(TaskId id) {
    return null;
  }

  @Override
  public TaskState openState(String name, KeyGroupRange keyGroups) {
    return settings.storage().backend().open(name, keyGroups, settings.maxParallelism());
  }
}
