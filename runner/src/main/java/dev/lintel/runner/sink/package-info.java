/**
 * Sinks whose effects become visible when a checkpoint is complete: the contract that the runner
 * keeps with them, and the way in which a connector's own sink is replaced by such a one. Called by
 * {@code LintelRunner} and {@code operator}; implemented by sinks of Lintel's and of users'. Must
 * not know operators, tasks or any connector.
 */
@NullMarked
package dev.lintel.runner.sink;

import org.jspecify.annotations.NullMarked;
