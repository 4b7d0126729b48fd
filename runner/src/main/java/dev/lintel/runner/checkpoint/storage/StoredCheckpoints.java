package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Stored checkpoints as the command line sees them: without a claim of the job. */
public final class StoredCheckpoints {
  private StoredCheckpoints() {}

  /**
   * A checkpoint of a job.
   *
   * @param path what {@link #at} and {@code --restore} take
   */
  public record Listed(CheckpointRef ref, String path) {}

  /** The checkpoints of a job that can be restored, the newest first. */
  public static List<Listed> list(String directory, String jobName) throws IOException {
    StorageFolder root = StorageSettings.jobFolder(directory, jobName, false);
    History history = History.read(root, Long.MAX_VALUE);
    List<CheckpointRef> refs = new ArrayList<>();
    if (history.latest() != null) {
      refs.add(history.latest());
    }
    refs.addAll(history.earlier());
    return refs.stream().map(ref -> new Listed(ref, root.describe(Layout.manifest(ref)))).toList();
  }

  /**
   * @param path of a savepoint's folder, or of a checkpoint's manifest
   */
  public static RestorePoint at(String path) throws IOException {
    return new RestorePoint(Restore.at(path, false), new LocalCache(null), Runnable::run, () -> {});
  }
}
