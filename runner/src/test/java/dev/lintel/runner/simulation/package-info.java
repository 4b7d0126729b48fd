/**
 * Whole jobs on one thread: their coordinators, tasks and storage take turns in an order that a
 * seed decides, with failures, crashes and zombies on the way, and invariants are checked after
 * each turn. The job is the one of production; what it is surrounded by is simulated. Called by the
 * build and by {@code runner/simulate}; must not use threads or the machine's clock.
 */
@NullMarked
package dev.lintel.runner.simulation;

import org.jspecify.annotations.NullMarked;
