package dev.lintel.runner.checkpoint.manifest;

import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.snapshot.SnapshotFormat;
import java.util.List;

/**
 * The keyed state and timers of a task.
 *
 * @param keyGroups those that the task had
 */
public record StateEntry(SnapshotFormat format, KeyGroupRange keyGroups, List<NamedFile> files) {
  public StateEntry {
    files = List.copyOf(files);
  }
}
