package dev.lintel.runner.simulation;

/** Something that is broken on purpose, to prove that it would be found. */
enum Mutation {
  NONE,
  /** Channels that have given their barrier are not held back. */
  NO_ALIGNMENT,
  /** Sinks commit what they prepare at once. */
  COMMIT_BEFORE_MANIFEST,
  /** The newest manifest is lost with its process, as if it had not been on the disk. */
  LOST_MANIFEST,
  /** Watermarks are ahead of the elements. */
  EARLY_WATERMARK,
  /** A barrier overtakes the elements before it. */
  BARRIER_OVERTAKES
}
