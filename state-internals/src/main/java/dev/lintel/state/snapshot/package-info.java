/**
 * The image of a task's state that a checkpoint keeps: files to be stored by whoever takes the
 * checkpoint, and the same files when state is opened from them again. Called by {@code runner}.
 * Must not know where the files are stored.
 */
@NullMarked
package dev.lintel.state.snapshot;

import org.jspecify.annotations.NullMarked;
