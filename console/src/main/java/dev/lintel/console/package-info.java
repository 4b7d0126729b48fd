/**
 * The command line for jobs that run and for checkpoints: what {@code ./lintel} does beside
 * starting pipelines. Talks to jobs through their control endpoint alone, and never writes to a
 * checkpoint.
 */
@NullMarked
package dev.lintel.console;

import org.jspecify.annotations.NullMarked;
