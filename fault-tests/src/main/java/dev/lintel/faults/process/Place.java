package dev.lintel.faults.process;

/** Where a process can be killed. */
public enum Place {
  /** In the user's code, with a part of the bundle done. */
  INSIDE_BUNDLE,
  /** While the cache of decoded values is written to the store. */
  FLUSHING_CACHE,
  /** With a file of a checkpoint written, and not complete. */
  UPLOADING,
  /** Just before the manifest is published. */
  BEFORE_DECISION,
  /** Just after it. */
  AFTER_DECISION,
  /** In a bundle finalizer. */
  FINALIZING,
  /** Before the request to commit the sink's transaction. */
  COMMITTING,
  /** After it. */
  COMMITTED,
  /** While a checkpoint is brought back. */
  RESTORING
}
