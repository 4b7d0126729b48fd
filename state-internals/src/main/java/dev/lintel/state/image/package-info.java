/**
 * The content of a task's store apart from any store: what it says of itself, and the file of all
 * entries that every backend reads and writes.
 *
 * <p>Called by {@code dev.lintel.state}. Knows bytes and their layout only: must not import Beam,
 * nor anything of {@code dev.lintel} but {@code dev.lintel.state.layout} and {@code
 * dev.lintel.state.store}.
 */
@NullMarked
package dev.lintel.state.image;

import org.jspecify.annotations.NullMarked;
