/**
 * Nexmark: an auction site's persons, auctions and bids, and the queries 0 to 8, 11 and 12 about
 * them, after Tucker, Tufte, Papadimos and Maier (NEXMark: A Benchmark for Queries over Data
 * Streams, 2002) with the proportions, rates and windows that Beam's own suite made usual. Beside
 * each query stands a plain Java model of its result.
 *
 * <p>Called by the program of a run and by the tests. Must not import any runner, nor what is newer
 * than Beam 2.70: the same classes run on the Beam version of every peer.
 */
@NullMarked
package dev.lintel.benchmarks.nexmark;

import org.jspecify.annotations.NullMarked;
