/**
 * What goes in: a function of the seed, so that what has to come out is known at any time. Used by
 * the harness, and by the pipeline to read it; knows neither.
 */
@NullMarked
package dev.lintel.faults.input;

import org.jspecify.annotations.NullMarked;
