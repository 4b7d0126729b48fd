/**
 * Metrics: what a task counts, and what the job makes of it. User metrics go through Beam's
 * containers; what Lintel itself counts for each element is a plain field, folded in when a
 * snapshot is made. Called by {@code task}, {@code operator} and {@code job}.
 */
@NullMarked
package dev.lintel.runner.metrics;

import org.jspecify.annotations.NullMarked;
