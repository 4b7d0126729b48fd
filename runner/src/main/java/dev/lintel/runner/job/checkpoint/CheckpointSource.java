package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.checkpoint.RestoredTask;
import dev.lintel.runner.checkpoint.manifest.NamedFile;
import dev.lintel.runner.checkpoint.manifest.StateEntry;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.checkpoint.storage.RestorePoint;
import dev.lintel.runner.metrics.MetricsSnapshot;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.state.StateSelection;
import dev.lintel.state.StoredSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A complete checkpoint or savepoint, to begin with. Everything that is read is verified. */
public interface CheckpointSource {
  /** Later checkpoints of the job have greater numbers. */
  long number();

  /** The number of key groups. */
  int maxParallelism();

  List<TaskEntry> tasks();

  /** What the operators of a task gave, by transform. */
  Map<String, List<byte[]>> parts(TaskEntry task);

  RestoredOperator.File open(NamedFile file);

  /** What was on its way to a task, by input. */
  List<RestoredTask.InFlight> inFlight(TaskEntry task, boolean ownSlot);

  /**
   * Begins to fetch the files of a task's state to this machine.
   *
   * @param name of a folder that is not there yet
   * @return when they are there; fails with a {@link CheckpointStorageException} as its cause
   */
  CompletableFuture<StoredSnapshot> fetch(StateEntry state, String name);

  /** How much was fetched so far. */
  RestorePoint.Fetched fetched();

  /** What a task with these transforms takes of the state of tasks. */
  StateSelection selection(Set<String> transforms);

  /** How groupings have to go on keeping what they have. */
  KeptGears gears();

  /** Of bounded sources, by transform: what nobody had begun to read. */
  Map<String, List<byte[]>> splitsLeft();

  MetricsSnapshot metrics();
}
