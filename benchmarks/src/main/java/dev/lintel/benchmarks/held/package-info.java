/**
 * Programs of runs that fill a state and keep it while they look at it: what it needs of memory and
 * disk, and how long its checkpoints take. Both run on Lintel only, and know it by its options and
 * metrics alone.
 *
 * <p>Started by the driver ({@code dev.lintel.benchmarks.curves}). Must not import any runner, nor
 * the driver.
 */
@NullMarked
package dev.lintel.benchmarks.held;

import org.jspecify.annotations.NullMarked;
