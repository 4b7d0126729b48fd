/**
 * Sorted runs on disk, for data that is larger than memory and lives no longer than its job:
 * entries of bytes are sorted in memory up to a budget, written as runs, and read back merged, in
 * the order of their keys. Called by what groups bounded input and by side inputs. Must not know
 * tasks, operators, coders, or Beam.
 */
@NullMarked
package dev.lintel.runner.spill;

import org.jspecify.annotations.NullMarked;
