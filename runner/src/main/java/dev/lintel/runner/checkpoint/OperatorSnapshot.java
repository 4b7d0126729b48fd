package dev.lintel.runner.checkpoint;

import dev.lintel.state.snapshot.SnapshotFile;

/**
 * Takes what an operator has to keep at a checkpoint beside its keyed state and timers.
 * <i>Ownership:</i> the task's thread.
 */
public interface OperatorSnapshot {
  /**
   * A piece that can be moved on its own: after a restore, each part that any slot of the operator
   * gave is with exactly one slot, which may be another one.
   */
  void part(byte[] part);

  /**
   * Something larger that every slot has, or may need: after a restore each slot finds all files of
   * all slots, those of the same name once.
   */
  void file(SnapshotFile file);
}
