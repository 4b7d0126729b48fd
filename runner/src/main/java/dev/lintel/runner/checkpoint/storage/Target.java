package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.manifest.CheckpointKind;
import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import dev.lintel.runner.checkpoint.manifest.Manifest;
import java.io.IOException;
import java.util.List;

/** Where a checkpoint goes that is being taken. Thread-safe. */
interface Target {
  CheckpointKind kind();

  SharedFiles files();

  /** The checkpoints that stay beside the next one to be decided. */
  List<CheckpointRef> retainedBeside();

  /**
   * Makes it real. One at a time.
   *
   * @throws UndecidedException if it can't be told whether it is real
   * @throws dev.lintel.runner.checkpoint.claim.FencedException if another run goes on from it, or
   *     from an earlier one
   * @throws IOException if it is not real
   */
  void decide(Manifest manifest) throws IOException;

  /** Has the files removed of one that is not going to be decided. */
  void giveUp(CheckpointRef ref);
}
