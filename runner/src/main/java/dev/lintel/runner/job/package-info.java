/**
 * A running pipeline: builds the tasks of a plan, connects them, starts them, and coordinates them
 * by messages. Called by {@code LintelRunner}.
 */
@NullMarked
package dev.lintel.runner.job;

import org.jspecify.annotations.NullMarked;
