package dev.lintel.runner.checkpoint.storage;

import java.io.IOException;

/**
 * The storage failed at the decision moment: whether the checkpoint counts can't be told, and may
 * yet change. The run must neither commit nor abort what it prepared for the checkpoint; it stops
 * its tasks, closes its {@link JobStorage}, and opens the job anew: from then on there is one
 * answer.
 */
public final class UndecidedException extends IOException {
  private static final long serialVersionUID = 1L;

  public UndecidedException(String checkpoint, IOException cause) {
    super(
        "Expected to complete "
            + checkpoint
            + ", but the storage failed while it was decided: "
            + cause.getMessage(),
        cause);
  }
}
