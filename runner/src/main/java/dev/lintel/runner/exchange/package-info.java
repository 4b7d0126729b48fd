/**
 * The edges between tasks: frames, the channels that carry them, and the producer's side, which
 * chooses the channel of each element and encodes its key. Called by {@code task}. Knows no
 * operator, no state, no coordinator.
 */
@NullMarked
package dev.lintel.runner.exchange;

import org.jspecify.annotations.NullMarked;
