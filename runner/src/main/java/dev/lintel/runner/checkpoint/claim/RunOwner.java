package dev.lintel.runner.checkpoint.claim;

/**
 * A run of a job, and the process that it is in.
 *
 * @param runId unlike that of any other run anywhere
 * @param host its name, for people
 * @param machine what process ids mean something in: a boot of a machine, a container
 * @param processStartMillis tells the process from a later one with the same id
 * @param claimedMillis when the run asked for the job
 */
public record RunOwner(
    String runId,
    String host,
    String machine,
    long pid,
    long processStartMillis,
    long claimedMillis) {}
