package dev.lintel.runner.checkpoint.manifest;

/** Who asked for it, and so who may delete it. */
public enum CheckpointKind {
  /** Taken and deleted by Lintel; shares files with other checkpoints of the job. */
  CHECKPOINT,
  /** Asked for by a user: has all its files, can be moved, and is never deleted by Lintel. */
  SAVEPOINT
}
