/**
 * Case (e): how late the results of an unbounded pipeline are, at a part of its highest throughput.
 *
 * <p>Called by the program of a run. Must not import any runner, nor what is newer than Beam 2.70:
 * the same classes run on the Beam version of every peer.
 */
@NullMarked
package dev.lintel.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
