/**
 * The groups of a bounded input, by key and window: in memory as long as there is room, then in
 * sorted runs, and at the end merged and handed out one after the other. Called by {@code
 * operator}. Must not know tasks, channels, durable state, or Beam's runner library.
 */
@NullMarked
package dev.lintel.runner.grouping;

import org.jspecify.annotations.NullMarked;
