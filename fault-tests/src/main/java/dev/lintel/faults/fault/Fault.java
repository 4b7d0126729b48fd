package dev.lintel.faults.fault;

import dev.lintel.faults.process.Place;
import org.jspecify.annotations.Nullable;

/**
 * Something that is done to a running job. Each ends with a process that is killed.
 *
 * @param place where the process is halted before; null: at a random moment
 * @param passes how often the place is passed before
 * @param millis what to wait, for instance before a random kill
 */
public record Fault(Kind kind, @Nullable Place place, int passes, long millis) {
  /** What is done. */
  public enum Kind {
    /** SIGKILL, some time after the start: perhaps before the pipeline runs. */
    KILL_EARLY,
    /** SIGKILL, some time after the pipeline has begun to work. */
    KILL,
    /** SIGSTOP; a successor takes over; SIGCONT. The zombie has to end by itself. */
    ZOMBIE,
    /** A second process of the same job beside the first, which is killed at last. */
    SECOND_RUN,
    /** The disk with the checkpoints is full; the runner is killed; a successor has no space. */
    FULL_DISK,
    /** The newest manifest has a bit changed: the start is refused; then it is mended. */
    FLIPPED_MANIFEST,
    /** A file that the newest checkpoint needs has a bit changed: the same. */
    FLIPPED_FILE,
    /** The broker is killed and comes back after a while; then the runner is killed. */
    BROKER_AWAY
  }

  @Override
  public String toString() {
    return kind + (place == null ? "" : " " + place);
  }
}
