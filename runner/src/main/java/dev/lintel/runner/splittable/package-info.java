/**
 * Splittable DoFns without threads, state and timers: calling the user's methods, cutting the
 * processing of a restriction into slices, and what is left of it. Called by {@code operator};
 * knows nothing of {@code runners-core}.
 */
@NullMarked
package dev.lintel.runner.splittable;

import org.jspecify.annotations.NullMarked;
