/**
 * The ordered byte store below the cells and the timers, on RocksDB and on the heap.
 *
 * <p>Called by {@code dev.lintel.state} and by {@code timers}. Knows bytes only: must not import
 * Beam, nor anything of {@code dev.lintel} but {@code dev.lintel.state.layout}.
 */
@NullMarked
package dev.lintel.state.store;

import org.jspecify.annotations.NullMarked;
