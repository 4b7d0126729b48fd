/**
 * Checkpoints: what tasks put into them, where they are stored, and which of them are kept. Called
 * by {@code job}, {@code task} and {@code operator}. Must not know operators, tasks or the
 * coordinator.
 */
@NullMarked
package dev.lintel.runner.checkpoint;

import org.jspecify.annotations.NullMarked;
