/**
 * Side inputs as one operator of one task sees them: the panes that were broadcast to it, and the
 * main-input elements that wait for one. Called by {@code operator}.
 */
@NullMarked
package dev.lintel.runner.sideinput;

import org.jspecify.annotations.NullMarked;
