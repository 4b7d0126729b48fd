package dev.lintel.runner.checkpoint.storage;

import java.io.IOException;

/**
 * A checkpoint or savepoint can't be restored, as files of it are missing or changed. The user
 * decides what the job goes on from: no other checkpoint is taken without being asked for.
 */
public final class DamagedCheckpointException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param own it is a checkpoint of the job, which may have another one
   */
  DamagedCheckpointException(String checkpoint, boolean own, IOException cause) {
    super(
        "Expected to read "
            + checkpoint
            + ", but it is damaged: "
            + cause.getMessage()
            + (own
                ? " To go on from the checkpoint before it, start the job with --restore=previous."
                : " To go on from another one, start the job with its path (--restore=PATH)."),
        cause);
  }
}
