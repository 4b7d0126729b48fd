/**
 * Metrics: what a task counts, and what the job makes of it. User metrics go through Beam's
 * containers; everything is folded per bundle, nothing per element. Called by {@code task}, {@code
 * operator} and {@code job}.
 */
@NullMarked
package dev.lintel.runner.metrics;

import org.jspecify.annotations.NullMarked;
