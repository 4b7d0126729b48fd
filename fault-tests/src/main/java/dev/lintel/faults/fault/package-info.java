/**
 * What is done to a job, and the means for it. Called by the campaign; knows no pipeline and no
 * process.
 */
@NullMarked
package dev.lintel.faults.fault;

import org.jspecify.annotations.NullMarked;
