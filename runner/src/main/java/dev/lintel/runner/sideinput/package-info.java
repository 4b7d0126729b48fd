/**
 * Side inputs: the panes that hold them, how they are made, and, as one operator of one task sees
 * them, the panes that were broadcast to it and the main-input elements that wait for one.
 *
 * <p>Called by {@code operator}. Must not import {@code task} or {@code job}.
 */
@NullMarked
package dev.lintel.runner.sideinput;

import org.jspecify.annotations.NullMarked;
