package dev.lintel.runner.job;

/** The life of a job: {@code RUNNING}, and then one of the others for good. */
public enum JobState {
  RUNNING,
  /** Every task has ended by itself. */
  DONE,
  /** A task has failed, and every other was stopped. */
  FAILED,
  /** A user stopped the job. */
  CANCELLED
}
