/**
 * Where a test may have a job fail on purpose. Handed to a job with its settings; in production
 * there is nothing, and it costs nothing. Implemented by tests; called by {@code job}, {@code
 * job.checkpoint} and {@code task}. Imports nothing of Lintel.
 */
@NullMarked
package dev.lintel.runner.fault;

import org.jspecify.annotations.NullMarked;
