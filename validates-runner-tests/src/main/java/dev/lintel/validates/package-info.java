/**
 * Reads and judges what a run of Beam's ValidatesRunner suite left behind: Surefire's reports.
 *
 * <p>Called by the script {@code validates-runner-tests/run} and by this module's tests. Imports
 * neither Beam nor Lintel: a report is read the same way whichever runner wrote it.
 */
@NullMarked
package dev.lintel.validates;

import org.jspecify.annotations.NullMarked;
