/**
 * Folders of this machine that belong to one run of a job, and what a killed run has left of them.
 * Called by whoever keeps something on disk. Must not know what that is.
 */
@NullMarked
package dev.lintel.runner.disk;

import org.jspecify.annotations.NullMarked;
