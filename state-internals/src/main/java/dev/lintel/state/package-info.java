/**
 * Beam state of one task: the interfaces that the runner and the timers use ({@link
 * dev.lintel.state.StateBackend}, {@link dev.lintel.state.TaskState}), the arithmetic of key
 * groups, snapshots and their restore, and, private to this package, the decoded cells with their
 * write-back cache.
 *
 * <p>Called by {@code timers} and {@code runner}. Must not import either of them, nor {@code
 * translation}. RocksDB appears in {@code RocksDb…} classes only.
 */
@NullMarked
package dev.lintel.state;

import org.jspecify.annotations.NullMarked;
