package dev.lintel.runner.operator;

/**
 * Where an operator runs.
 *
 * @param jobId the same in every life of the job, and different for different jobs
 * @param lifeId different for every life of every job: what is made in one has an id that nothing
 *     else ever has
 * @param slot of the operator's task
 * @param slots of its stage
 */
public record JobPlace(String jobId, String lifeId, int slot, int slots) {}
