package dev.lintel.runner.checkpoint;

import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.StateSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one task gives to a checkpoint: taken by the task's thread at the barrier, stored by others.
 * Whoever has it closes it.
 *
 * @param inputWatermarkMillis how far the task's main inputs were
 * @param outputWatermarkMillis what it had told the next stages
 * @param state null if none was ever opened
 * @param parts by transform: see {@link OperatorSnapshot#part}
 * @param files by transform: see {@link OperatorSnapshot#file}
 * @param inFlight encoded elements that were on their way to the task, by {@link InFlight#input}
 */
public record TaskSnapshot(
    Place place,
    long inputWatermarkMillis,
    long outputWatermarkMillis,
    @Nullable StateSnapshot state,
    Map<String, List<byte[]>> parts,
    Map<String, List<SnapshotFile>> files,
    List<InFlight> inFlight)
    implements AutoCloseable {

  /**
   * Which task it is of.
   *
   * @param stage a name for people
   * @param slots how many slots the stage has
   * @param transforms the full names of all that is fused in the stage
   */
  public record Place(
      String stage, int slot, int slots, KeyGroupRange keyGroups, Set<String> transforms) {}

  /**
   * Elements that were on their way to one input of the task, in the order in which they came.
   *
   * @param input the consuming transform and the collection, by their names
   * @param elements as the task encodes them
   */
  public record InFlight(String input, byte[] elements) {}

  /** The same with what was on its way. */
  public TaskSnapshot with(List<InFlight> recorded) {
    return new TaskSnapshot(
        place, inputWatermarkMillis, outputWatermarkMillis, state, parts, files, recorded);
  }

  @Override
  public void close() {
    if (state != null) {
      state.close();
    }
  }
}
