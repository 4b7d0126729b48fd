package dev.lintel.runner.checkpoint.manifest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All of a checkpoint or savepoint: where it exists, the checkpoint does.
 *
 * @param ref which one
 * @param completedMillis when it was completed
 * @param lintelVersion what wrote it
 * @param retained the earlier checkpoints, the newest first, that are kept beside this one; none in
 *     a savepoint
 */
public record Manifest(
    CheckpointRef ref,
    CheckpointKind kind,
    long completedMillis,
    String lintelVersion,
    String beamVersion,
    List<CheckpointRef> retained,
    JobEntry job,
    List<TaskEntry> tasks) {
  public Manifest {
    retained = List.copyOf(retained);
    tasks = List.copyOf(tasks);
  }

  /** Every file that the checkpoint needs, by its path. */
  public Map<String, StoredFile> files() {
    Map<String, StoredFile> files = new LinkedHashMap<>();
    addBlob(files, job.parts());
    addBlob(files, job.metrics());
    tasks.forEach(task -> task.forEachFile(file -> files.put(file.path(), file)));
    return files;
  }

  private static void addBlob(Map<String, StoredFile> files, @Nullable Blob blob) {
    if (blob != null && blob.file() != null) {
      files.put(blob.file().path(), blob.file());
    }
  }
}
