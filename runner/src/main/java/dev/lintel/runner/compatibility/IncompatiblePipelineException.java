package dev.lintel.runner.compatibility;

import java.util.List;

/**
 * The pipeline can't go on from the checkpoint. Nothing has been started or changed. The user
 * changes the pipeline or the options as the message says, for each problem that it lists.
 */
public final class IncompatiblePipelineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  IncompatiblePipelineException(String checkpoint, List<String> problems) {
    super(
        "Expected a pipeline that can go on from "
            + checkpoint
            + ", but it can't:\n  - "
            + String.join("\n  - ", problems)
            + "\nRun the pipeline that took the checkpoint, or begin without it (--restore=none).");
  }
}
