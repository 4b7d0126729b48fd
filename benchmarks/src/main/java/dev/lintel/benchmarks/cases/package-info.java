/**
 * The work that runners are compared by: pipelines, the elements they read, the keys they use, and
 * the check that the right thing came out.
 *
 * <p>Called by the program of a run ({@code dev.lintel.benchmarks.run}), in a JVM that has one
 * runner on its class path. Must not import any runner, nor what is newer than Beam 2.70: the same
 * classes run on the Beam version of every peer.
 */
@NullMarked
package dev.lintel.benchmarks.cases;

import org.jspecify.annotations.NullMarked;
