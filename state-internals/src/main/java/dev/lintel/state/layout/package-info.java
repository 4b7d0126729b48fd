/**
 * The bytes of stored keys: the one place that knows how a key group, a state number, a key, a
 * namespace and a sub-key become a store key.
 *
 * <p>Called by {@code dev.lintel.state} and by {@code timers}. Must not import anything of {@code
 * dev.lintel}, and of Beam only coders and namespaces.
 */
@NullMarked
package dev.lintel.state.layout;

import org.jspecify.annotations.NullMarked;
