package dev.lintel.runner.fault;

/**
 * The faults that a test has in mind for a job. <i>Ownership:</i> the thread that runs the job's
 * attempts; each {@link Trigger} that is given out belongs to the thread that it is for.
 */
public interface Faults {
  /** How many slots an attempt has, of {@code slots} that the job was given; counted from one. */
  int slots(int attempt, int slots);

  /** For one task of an attempt. */
  Trigger ofTask(int attempt, int stage, int slot);

  /** For the storage of the job's checkpoints: the coordinator's thread. */
  Trigger ofStorage();

  /** Something can fail here. */
  interface Trigger {
    /**
     * Called each time that a task or the storage comes to a point.
     *
     * @throws RuntimeException to let it fail
     */
    void reached(Point point);
  }

  /** Where something can fail. All but the last three are a task's. */
  enum Point {
    /** The operators are being set up; what was restored is there. */
    OPEN,
    /** A bundle begins. */
    BUNDLE_BEGIN,
    /** A bundle ends: its elements have been processed, and are perhaps on their way. */
    BUNDLE_END,
    /** A bundle's effects have been handed over. */
    BUNDLE_COMMITTED,
    /** The input watermark has moved. */
    WATERMARK,
    /** The task's snapshot is being taken. */
    SNAPSHOT,
    /** A checkpoint is complete: what waited for that is being done. */
    CHECKPOINT_COMPLETED,
    /** A task's snapshot is about to be stored; if it fails, so does the checkpoint. */
    STORE,
    /** A checkpoint is about to be made real; if it fails, so does the checkpoint. */
    DECIDE,
    /** A checkpoint is real; if it fails, nobody knows that it is. */
    DECIDED
  }
}
