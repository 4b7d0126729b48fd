/**
 * A job's checkpoints as such: when one begins and when it is complete ({@link
 * dev.lintel.runner.job.checkpoint.CheckpointCoordinator}), where it goes and what the next attempt
 * finds ({@link dev.lintel.runner.job.checkpoint.CheckpointStore}), and whether that suits the
 * pipeline. Called by {@code job}, which brings it together with the tasks; knows neither jobs nor
 * attempts, and must not import {@code job}. The bytes are up to {@code checkpoint.storage}.
 */
@NullMarked
package dev.lintel.runner.job.checkpoint;

import org.jspecify.annotations.NullMarked;
