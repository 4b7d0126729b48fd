/**
 * A running pipeline. {@code Job} is what its users hold; behind it {@code Supervisor} brings it to
 * its end by one {@code Attempt} after the other. An attempt builds the tasks of a plan, connects
 * and starts them; its {@code Coordinator} answers their messages. {@code JobCheckpoints} is what
 * lasts from one attempt to the next. Called by {@code LintelRunner}.
 */
@NullMarked
package dev.lintel.runner.job;

import org.jspecify.annotations.NullMarked;
