/**
 * The same work as the cases in plain Java loops: what could be had without a framework.
 *
 * <p>Started by the driver as one more peer. May import RocksDB, and nothing of Lintel.
 */
@NullMarked
package dev.lintel.benchmarks.limits;

import org.jspecify.annotations.NullMarked;
