/**
 * What a generated pipeline is, as plain data, and how a seed becomes one. {@link
 * dev.lintel.validates.differential.spec.Determinism} is the heart of it: it says which steps leave
 * the result determined by the Beam model. Called by both sides of the differential test; must not
 * import Beam.
 */
@NullMarked
package dev.lintel.validates.differential.spec;

import org.jspecify.annotations.NullMarked;
