/**
 * Files for data that is larger than memory and lives no longer than its job. Sorted runs: entries
 * of bytes are sorted in memory up to a budget, written as runs, and read back merged, in the order
 * of their keys. Record files: read back as they were written. Called by what groups bounded input,
 * by side inputs, and by stateful DoFns over bounded input. Must not know tasks, operators, coders,
 * or Beam.
 */
@NullMarked
package dev.lintel.runner.spill;

import org.jspecify.annotations.NullMarked;
