package dev.lintel.runner.job;

import dev.lintel.runner.checkpoint.manifest.StoredFile;
import dev.lintel.runner.checkpoint.manifest.TaskEntry;
import dev.lintel.runner.job.checkpoint.CheckpointUnderWay;
import dev.lintel.runner.task.TaskId;
import dev.lintel.runner.task.TaskProgress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a job fares.
 *
 * @param startedMillis when this run of it began
 * @param attempts how often its tasks have been started; each but the first follows a failure
 * @param waiting it has failed, and waits for its next attempt
 * @param draining it is to end with what it has read
 * @param progress the newest that the tasks have reported
 * @param lastCheckpoint the newest that this run has completed
 */
public record JobReport(
    JobState state,
    long startedMillis,
    int attempts,
    boolean waiting,
    boolean draining,
    Map<TaskId, TaskProgress> progress,
    @Nullable Checkpoint lastCheckpoint) {

  /**
   * A complete checkpoint.
   *
   * @param pauseMillis the longest that a task processed nothing because of its snapshot
   * @param bytes of all files that it needs, those included that earlier ones need, too
   * @param storedBytes of files that were not there before
   */
  public record Checkpoint(
      long number,
      long completedMillis,
      long durationMillis,
      long pauseMillis,
      long bytes,
      long storedBytes) {
    static Checkpoint of(
        CheckpointUnderWay checkpoint,
        long completedMillis,
        long storedBytes,
        List<TaskEntry> tasks) {
      Map<String, StoredFile> files = new HashMap<>();
      tasks.forEach(task -> task.forEachFile(file -> files.put(file.path(), file)));
      long bytes = files.values().stream().mapToLong(StoredFile::length).sum();
      return new Checkpoint(
          checkpoint.number(),
          completedMillis,
          completedMillis - checkpoint.startMillis(),
          checkpoint.pauseMillis(),
          bytes,
          storedBytes);
    }
  }
}
