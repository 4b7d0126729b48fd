/**
 * What runs in the JVM of one run: one case on one runner, and one line with the result.
 *
 * <p>Started by the driver ({@code dev.lintel.benchmarks.compare}). Must not import any runner, nor
 * what is newer than Beam 2.70.
 */
@NullMarked
package dev.lintel.benchmarks.run;

import org.jspecify.annotations.NullMarked;
