package dev.lintel.runner.job.checkpoint;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a job's checkpoints are.
 *
 * @param folder of the checkpoints of all jobs, in any file system that Beam knows
 * @param temporary the folder is this run's alone, and goes with it
 * @param jobId the same in every life of the job
 * @param restore what to begin with, and how
 * @param retained how many complete checkpoints are kept
 * @param leaseMillis how long a run whose process can't be seen is taken to live without a sign
 * @param cache a folder of this machine with links to files of checkpoints; null for none
 * @param fetched a folder of this machine, not there yet, for state that is being restored
 */
public record CheckpointLocation(
    String folder,
    boolean temporary,
    String jobId,
    RestoreSettings restore,
    int retained,
    long leaseMillis,
    @Nullable Path cache,
    Path fetched) {}
