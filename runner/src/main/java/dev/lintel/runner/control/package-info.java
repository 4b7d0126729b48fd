/**
 * How other processes of the user's ask a running job for things: over HTTP on the loopback
 * address, with a token that they find in a file that only the user can read. Opened by the runner;
 * the command line calls it. Must not know jobs or tasks, but {@code ControlledJob} alone.
 */
@NullMarked
package dev.lintel.runner.control;

import org.jspecify.annotations.NullMarked;
