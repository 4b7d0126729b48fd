/**
 * What has to come out, what has come out, and the difference. Called by the cases; knows neither
 * faults nor processes.
 */
@NullMarked
package dev.lintel.faults.outcome;

import org.jspecify.annotations.NullMarked;
