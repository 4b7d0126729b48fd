/**
 * Who may take checkpoints of a job: at most one run at a time, and none that has been succeeded.
 * Called by {@code checkpoint.storage}. Must not know what a checkpoint is.
 */
@NullMarked
package dev.lintel.runner.checkpoint.claim;

import org.jspecify.annotations.NullMarked;
