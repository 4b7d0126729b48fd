/**
 * What runs inside a task: one class for each kind of operator of the plan, and the readers of
 * sources. Called by {@code task}, which calls everything here from one thread. Must not know
 * channels, threads or the coordinator.
 */
@NullMarked
package dev.lintel.runner.operator;

import org.jspecify.annotations.NullMarked;
