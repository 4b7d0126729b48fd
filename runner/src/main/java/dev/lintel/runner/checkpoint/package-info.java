/**
 * Checkpoints: what tasks put into them; below it, where they are stored and which are kept. Called
 * by {@code job}, {@code task} and {@code operator}. Must not know operators, tasks or the
 * coordinator.
 */
@NullMarked
package dev.lintel.runner.checkpoint;

import org.jspecify.annotations.NullMarked;
