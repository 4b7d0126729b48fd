package dev.lintel.runner.control;

import dev.lintel.runner.checkpoint.claim.RunOwner;

/**
 * How a running job can be reached. Whoever can read it may do everything with the job.
 *
 * @param job the name by which it is asked for; unlike that of any other running job of the user's
 *     on this machine
 * @param port on the loopback address
 * @param owner the process
 */
public record ControlFile(String job, int port, String token, RunOwner owner) {}
