/**
 * What a pipeline keeps in a checkpoint, as a description that the checkpoint carries, and the
 * comparison of that description with the pipeline that is to go on from it: what is the same, what
 * can be migrated, what is refused. Called by {@code job}. Must not know tasks, storage or the
 * coordinator.
 */
@NullMarked
package dev.lintel.runner.compatibility;

import org.jspecify.annotations.NullMarked;
