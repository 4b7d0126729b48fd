package dev.lintel.runner.task;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.StateSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes a task's snapshots and gives them back: the operators' parts and files, and the state that
 * they share.
 *
 * <p><i>Ownership:</i> one task.
 */
final class TaskSnapshots {
  private final TaskParts parts;

  TaskSnapshots(TaskParts parts) {
    this.parts = parts;
  }

  /**
   * The task as it is, between bundles. Operators go first: what they keep in memory goes to the
   * state.
   *
   * @param portable the state in a format that every backend can open
   */
  TaskSnapshot take(
      long checkpoint, boolean portable, long inputWatermarkMillis, long outputWatermarkMillis) {
    Collected collected = new Collected();
    if (parts.source() != null) {
      parts.source().snapshot(checkpoint, collected.of(parts.sourceTransform()));
    }
    forEachOperator((name, operator) -> operator.snapshot(checkpoint, collected.of(name)));
    StateSnapshot state = parts.state().snapshot(portable);
    return new TaskSnapshot(
        parts.place(),
        inputWatermarkMillis,
        outputWatermarkMillis,
        state == null ? null : new TaskSnapshot.State(parts.keyGroups(), state),
        collected.parts,
        collected.files,
        Map.of());
  }

  void restore(RestoredTask restored) {
    RestoredOperator ofSource = restored.operators().get(parts.sourceTransform());
    if (parts.source() != null && ofSource != null) {
      parts.source().restore(ofSource);
    }
    forEachOperator(
        (name, operator) -> {
          RestoredOperator found = restored.operators().get(name);
          if (found != null) {
            operator.restore(found);
          }
        });
  }

  void checkpointCompleted(long checkpoint) {
    if (parts.source() != null) {
      parts.source().checkpointCompleted(checkpoint);
    }
    parts.operators().forEach(each -> each.checkpointCompleted(checkpoint));
  }

  private void forEachOperator(BiConsumer<String, StreamOperator> action) {
    for (int i = 0; i < parts.byIndex().size(); i++) {
      @Nullable StreamOperator operator = parts.byIndex().get(i);
      if (operator != null) {
        action.accept(parts.transforms().get(i), operator);
      }
    }
  }

  /** What the operators give, by their names. */
  private static final class Collected {
    final Map<String, List<byte[]>> parts = new HashMap<>();
    final Map<String, List<SnapshotFile>> files = new HashMap<>();

    OperatorSnapshot of(String transform) {
      return new OperatorSnapshot() {
        @Override
        public void part(byte[] part) {
          parts.computeIfAbsent(transform, any -> new ArrayList<>()).add(part);
        }

        @Override
        public void file(SnapshotFile file) {
          files.computeIfAbsent(transform, any -> new ArrayList<>()).add(file);
        }
      };
    }
  }
}
