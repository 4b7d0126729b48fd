package dev.lintel.runner.job;

import dev.lintel.runner.fault.Faults;
import dev.lintel.runner.job.checkpoint.CheckpointLocation;
import dev.lintel.runner.job.checkpoint.CheckpointSettings;
import dev.lintel.runner.task.TaskLimits;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.jspecify.annotations.Nullable;

/**
 * What a job runs with.
 *
 * @param name of the job, for threads, logs and errors
 * @param options all of them. As the interface that the job itself reads: Beam's {@code as()} takes
 *     tens of milliseconds for one that is not registered
 * @param parallelism slots
 * @param maxParallelism key groups, of a job that begins anew
 * @param idleSplitMillis after so long without an element a split of an unbounded source does not
 *     keep the watermark back; zero for never
 * @param stopMillis how long to wait for a task, or for anything else of the user's, to end
 * @param checkpoints when checkpoints are taken
 * @param location of the checkpoints; null if none are taken
 * @param restarts what a failure does
 * @param storage opened for this job, which closes it
 * @param faults what is to fail in a test; null in production
 */
public record JobSettings(
    String name,
    MetricsOptions options,
    int parallelism,
    int maxParallelism,
    TaskLimits limits,
    long idleSplitMillis,
    long stopMillis,
    CheckpointSettings checkpoints,
    @Nullable CheckpointLocation location,
    RestartSettings restarts,
    LocalSpace storage,
    @Nullable Faults faults) {
  /** The same for an attempt with another number of slots. */
  JobSettings withParallelism(int slots) {
    return with(slots, maxParallelism);
  }

  /** The same with another number of key groups. */
  JobSettings withMaxParallelism(int other) {
    return with(parallelism, other);
  }

  private JobSettings with(int newParallelism, int newMaxParallelism) {
    return new JobSettings(
        name,
        options,
        newParallelism,
        newMaxParallelism,
        limits,
        idleSplitMillis,
        stopMillis,
        checkpoints,
        location,
        restarts,
        storage,
        faults);
  }
}
