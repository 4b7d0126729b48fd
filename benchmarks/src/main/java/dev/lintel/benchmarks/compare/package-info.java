/**
 * The driver of {@code benchmarks/compare}: runs cases on Lintel and its peers in turns, each run
 * in a JVM of its own, and writes tables of the medians and their ratios.
 *
 * <p>Started by the script. It runs no pipeline itself: {@code dev.lintel.benchmarks.run} does, in
 * the JVMs that it starts.
 */
@NullMarked
package dev.lintel.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
