/**
 * The pipelines under test, each with its input and the check of its output. Called by the
 * campaign; knows no fault.
 */
@NullMarked
package dev.lintel.faults.subject;

import org.jspecify.annotations.NullMarked;
