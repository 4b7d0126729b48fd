package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.claim.Contest;
import dev.lintel.runner.checkpoint.claim.FencedException;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a job keeps its checkpoints.
 *
 * @param directory the folder of all jobs, in any file system that Beam knows
 * @param restore {@code latest}, {@code previous}, {@code none}, or the path of a checkpoint or
 *     savepoint
 * @param retained how many complete checkpoints are kept, at least one
 * @param forced whether files on local disks are forced to the disk: without, a checkpoint survives
 *     the process, but perhaps no loss of power
 * @param cache a local folder for links to files that were stored or fetched, on the same disk as
 *     the state; null for none
 * @param rules how the job is claimed
 * @param onFenced is told, by another thread, when the run has been succeeded
 */
public record StorageSettings(
    String directory,
    String jobName,
    String restore,
    int retained,
    boolean forced,
    @Nullable Path cache,
    Contest.Rules rules,
    Consumer<FencedException> onFenced) {
  public StorageSettings {
    if (retained < 1) {
      throw new IllegalArgumentException(
          "Expected at least one checkpoint to be retained, but " + retained);
    }
  }

  StorageFolder jobFolder() {
    return StorageFolder.at(directory, forced).folder(Layout.jobFolder(jobName));
  }
}
