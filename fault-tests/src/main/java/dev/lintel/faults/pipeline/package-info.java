/**
 * The pipeline that is killed, and what its results look like. It names no runner, and runs in a
 * process of its own.
 */
@NullMarked
package dev.lintel.faults.pipeline;

import org.jspecify.annotations.NullMarked;
