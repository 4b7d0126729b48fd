/**
 * Cheap, splittable sources of events that are a function of their index, so that any split of them
 * gives the same events, and a check can make them again.
 *
 * <p>Called by the cases of the benchmarks. Must not import any runner, nor what is newer than Beam
 * 2.70: the same classes run on the Beam version of every peer.
 */
@NullMarked
package dev.lintel.benchmarks.source;

import org.jspecify.annotations.NullMarked;
