package dev.lintel.runner.checkpoint.manifest;

/**
 * A checkpoint of a job.
 *
 * @param epoch of the run that took it
 * @param id grows within the history of a job; a run that has been succeeded may give an id again,
 *     in its own epoch
 */
public record CheckpointRef(long epoch, long id) {
  @Override
  public String toString() {
    return id + " of epoch " + epoch;
  }
}
