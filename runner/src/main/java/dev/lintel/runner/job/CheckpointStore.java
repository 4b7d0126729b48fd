package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.TaskSnapshot;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.metrics.MetricsSnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where a job's checkpoints go, and where it finds the one to begin with. Answers come on any
 * thread; everything is called by one.
 */
interface CheckpointStore {
  /**
   * Stores one task's snapshot, and closes it.
   *
   * @param savepoint the folder of a savepoint; null for a checkpoint
   */
  CompletableFuture<TaskEntry> store(
      long number, @Nullable String savepoint, TaskSnapshot snapshot);

  /** Makes a checkpoint real, whose tasks have been stored. */
  CompletableFuture<Void> complete(Content content);

  /** A checkpoint will not be completed: what was stored of it is not needed. */
  void giveUp(long number);

  /** What an attempt is to begin with; null: nothing, it begins anew. */
  @Nullable CheckpointSource latest();

  /**
   * The job has ended.
   *
   * @param byItself it had nothing left to do: a later start of it begins anew
   */
  void close(boolean byItself);

  /**
   * A checkpoint, all but the files.
   *
   * @param savepoint the folder of a savepoint; null for a checkpoint
   * @param last the job has nothing left to do
   * @param splitsLeft of bounded sources, by transform, which nobody has begun to read
   */
  record Content(
      long number,
      @Nullable String savepoint,
      boolean last,
      Map<String, List<byte[]>> splitsLeft,
      MetricsSnapshot metrics,
      List<TaskEntry> tasks) {}
}
