package dev.lintel.runner.checkpoint.manifest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run began with, written before it does anything else: from then on it is this run's
 * history that counts, whatever earlier runs still write.
 *
 * @param from the checkpoint of this job that was restored; null if the run began anew, or from
 *     elsewhere
 * @param path the savepoint, or the checkpoint of another job, that was restored, if any
 * @param retained the checkpoints that were kept, the newest first; {@code from} is one of them
 * @param lastId the highest id of a checkpoint in the history so far, 0 if none
 */
public record RestoreRecord(
    @Nullable CheckpointRef from,
    @Nullable String path,
    List<CheckpointRef> retained,
    long lastId) {
  public RestoreRecord {
    retained = List.copyOf(retained);
  }
}
