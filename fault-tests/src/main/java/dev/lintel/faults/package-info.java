/**
 * The fault tests' command: one fault after the other, and the report. Runs the pipelines in
 * processes of their own.
 */
@NullMarked
package dev.lintel.faults;

import org.jspecify.annotations.NullMarked;
