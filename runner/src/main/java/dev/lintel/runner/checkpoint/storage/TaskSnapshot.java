package dev.lintel.runner.checkpoint.storage;

import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.StateSnapshot;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a task gives to a checkpoint, not yet stored; as {@link
 * dev.lintel.runner.checkpoint.manifest.TaskEntry}.
 *
 * @param state closed by the caller once all futures of storing it are done
 * @param parts of each operator or source, by transform
 */
public record TaskSnapshot(
    Place place,
    long inputWatermarkMillis,
    long outputWatermarkMillis,
    @Nullable State state,
    Map<String, List<byte[]>> parts,
    Map<String, List<SnapshotFile>> files,
    Map<String, List<SnapshotFile>> inFlight) {

  /** The same with what was on its way to the task. */
  public TaskSnapshot with(Map<String, List<SnapshotFile>> recorded) {
    return new TaskSnapshot(
        place, inputWatermarkMillis, outputWatermarkMillis, state, parts, files, recorded);
  }

  /** Frees what keeps the state's files. */
  public void close() {
    if (state != null) {
      state.snapshot.close();
    }
  }

  /** Which task it is. */
  public record Place(String stage, int slot, int slots, List<String> transforms) {}

  /** The keyed state of a task. */
  public record State(KeyGroupRange keyGroups, StateSnapshot snapshot) {}
}
