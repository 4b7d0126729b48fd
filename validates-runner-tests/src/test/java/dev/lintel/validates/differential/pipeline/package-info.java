/**
 * Builds a generated pipeline with Beam and runs it on whatever runner the options name. Runs in
 * the runner's process only; must not import Lintel or DirectRunner.
 */
@NullMarked
package dev.lintel.validates.differential.pipeline;

import org.jspecify.annotations.NullMarked;
