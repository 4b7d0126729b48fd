/**
 * Sinks whose effects become visible when a checkpoint is complete: the contract that the runner
 * keeps with them. Called by {@code operator}; implemented by sinks of Lintel's and of users'.
 */
@NullMarked
package dev.lintel.runner.sink;

import org.jspecify.annotations.NullMarked;
