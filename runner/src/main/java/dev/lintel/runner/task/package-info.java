/**
 * A task: one stage on one slot, as a duty cycle, with its inboxes, its bundle and its messages to
 * and from the coordinator; and the loop that calls it. Called by {@code job}. Must not know the
 * coordinator or other tasks.
 */
@NullMarked
package dev.lintel.runner.task;

import org.jspecify.annotations.NullMarked;
