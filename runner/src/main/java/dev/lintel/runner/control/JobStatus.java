package dev.lintel.runner.control;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a job fares, as it is shown to users and to their programs: the components are the names in
 * JSON.
 *
 * @param state RUNNING, DRAINING, or RESTARTING between a failure and the next attempt
 * @param attempts how often the job's tasks have been started in this process; each but the first
 *     followed a failure
 * @param lastCheckpoint the newest of this process; null if there is none
 * @param stages in the order in which elements meet them
 * @param slowest what holds the watermark back
 */
public record JobStatus(
    String job,
    String state,
    long pid,
    String started,
    long uptimeMillis,
    int attempts,
    @Nullable Checkpoint lastCheckpoint,
    List<Stage> stages,
    @Nullable Slowest slowest) {

  /**
   * A complete checkpoint.
   *
   * @param bytes of all files that it needs
   */
  public record Checkpoint(long number, String completed, long durationMillis, long bytes) {}

  /**
   * A stage, over all of its slots.
   *
   * @param elements that came in, or were read
   * @param inputWatermark the earliest of any slot: a time, {@code beginning} or {@code end}
   * @param outputWatermark likewise
   * @param earliestHold of any slot, by state or a timer; null if there is none
   */
  public record Stage(
      String name,
      int slots,
      long elements,
      String inputWatermark,
      String outputWatermark,
      @Nullable String earliestHold) {}

  /**
   * The stage whose output watermark is the earliest, the first of them if there are several.
   *
   * @param slot of the stage
   * @param earliestHold of that slot; null if nothing holds it but its source or its input
   */
  public record Slowest(
      String stage, int slot, String outputWatermark, @Nullable String earliestHold) {}
}
