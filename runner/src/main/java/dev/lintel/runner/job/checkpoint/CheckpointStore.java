package dev.lintel.runner.job.checkpoint;

import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.checkpoint.storage.TaskSnapshot;
import dev.lintel.runner.metrics.MetricsSnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where a job's checkpoints go, and where it finds the one to begin with. At most one is under way.
 * Answers come on any thread; everything is called by one. <i>Failure:</i> {@link
 * CheckpointStorageException}, and futures that fail with what it would have as its cause.
 */
public interface CheckpointStore {
  /**
   * Begins a checkpoint.
   *
   * @param savepointPath the folder of a savepoint that is taken with it; null for none
   * @return its number, greater than all before
   */
  long begin(@Nullable String savepointPath);

  /** Stores one task's snapshot, and closes it. */
  CompletableFuture<StoredTask> store(TaskSnapshot snapshot);

  /** Makes the checkpoint real, whose tasks have been stored. */
  CompletableFuture<Void> complete(Content content);

  /** The bytes of all files that were stored for the current checkpoint. */
  long storedBytes();

  /** The checkpoint will not be completed: what was stored of it is not needed. */
  void giveUp();

  /** What an attempt is to begin with; null: nothing, it begins anew. */
  @Nullable CheckpointSource latest();

  /**
   * Finds out what is there after it was left undecided whether the last checkpoint became real.
   */
  void reopen();

  /** Lets another run have the job. */
  void close();

  /**
   * One task's stored snapshot.
   *
   * @param savepointEntry null if no savepoint was taken
   */
  record StoredTask(TaskEntry entry, @Nullable TaskEntry savepointEntry) {}

  /**
   * A checkpoint, all but the files.
   *
   * @param maxParallelism the number of key groups
   * @param last the job has nothing left to do: a later start of it begins anew
   * @param splitsLeft of bounded sources, by transform, which nobody has begun to read
   */
  record Content(
      int maxParallelism,
      boolean last,
      Map<String, List<byte[]>> splitsLeft,
      MetricsSnapshot metrics,
      List<StoredTask> tasks) {}
}
