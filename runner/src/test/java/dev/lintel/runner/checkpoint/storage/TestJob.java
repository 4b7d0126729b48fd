package dev.lintel.runner.checkpoint.storage;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lintel.runner.checkpoint.claim.Contest;
import dev.lintel.runner.checkpoint.claim.ThisMachine;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.clock.Pause;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.snapshot.StateSnapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A job of one task, whose checkpoints hold what a test gives. */
final class TestJob {
  private TestJob() {}

  static StorageSettings settings(String directory, String restore) {
    return settings(directory, restore, null);
  }

  static StorageSettings settings(String directory, String restore, @Nullable Path cache) {
    return new StorageSettings(
        directory,
        "job",
        restore,
        2,
        true,
        cache,
        new Contest.Rules(500, Clock.system(), Pause.parking(), new ThisMachine()),
        fenced -> {});
  }

  static TaskSnapshot snapshot(SnapshotFile... files) {
    StateSnapshot state =
        new StateSnapshot() {
          @Override
          public SnapshotFormat format() {
            return SnapshotFormat.ENTRIES;
          }

          @Override
          public List<SnapshotFile> files() {
            return List.of(files);
          }

          @Override
          public void close() {}
        };
    return new TaskSnapshot(
        new TaskSnapshot.Place("Sum", 0, 1, List.of("Sum", "Sum/Format")),
        12,
        -1,
        new TaskSnapshot.State(new KeyGroupRange(0, 128), state),
        Map.of("Sum/Format", List.of(new byte[] {1, 2}, new byte[0])),
        Map.of(),
        Map.of());
  }

  static JobSnapshot job(boolean ended) {
    return new JobSnapshot(
        128,
        ended,
        JsonNodeFactory.instance.objectNode().put("coder", "VarInt"),
        Map.of("Read", List.of(new byte[5000])),
        new byte[] {9});
  }

  /** Takes a checkpoint from beginning to end. */
  static Manifest checkpoint(JobStorage storage, SnapshotFile... files) throws Exception {
    return complete(storage.begin(storage.nextId()), false, files);
  }

  static Manifest complete(PendingCheckpoint pending, boolean ended, SnapshotFile... files)
      throws Exception {
    try {
      TaskEntry task = pending.store(snapshot(files)).join();
      return pending.complete(job(ended), List.of(task)).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      pending.giveUp();
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
