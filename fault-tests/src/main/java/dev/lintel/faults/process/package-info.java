/**
 * The process that is killed: what runs in it to halt it at certain places, and the harness's hold
 * of it. Called by the harness and by the pipeline; knows neither.
 */
@NullMarked
package dev.lintel.faults.process;

import org.jspecify.annotations.NullMarked;
