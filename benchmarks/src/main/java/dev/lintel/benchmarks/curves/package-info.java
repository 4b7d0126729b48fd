/**
 * The driver of {@code benchmarks/curves}: measures how Lintel's throughput, memory and checkpoints
 * depend on a size, and writes tables and pictures of it.
 *
 * <p>Started by the script. It runs no pipeline itself: {@code dev.lintel.benchmarks.run} and
 * {@code dev.lintel.benchmarks.held} do, in JVMs that are started as {@code
 * dev.lintel.benchmarks.compare} starts them.
 */
@NullMarked
package dev.lintel.benchmarks.curves;

import org.jspecify.annotations.NullMarked;
