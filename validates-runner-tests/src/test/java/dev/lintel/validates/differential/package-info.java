/**
 * The differential test: pipelines made from seeds must give the same results on Lintel as on
 * Beam's DirectRunner. This package compares and reports; the runners work in processes of their
 * own, because DirectRunner's fat jar must not meet Lintel's class path.
 *
 * <p>{@code spec} says what a pipeline is and makes one from a seed; {@code pipeline} builds and
 * runs it inside the runner's process. Nothing here but {@code pipeline} may import Beam.
 */
@NullMarked
package dev.lintel.validates.differential;

import org.jspecify.annotations.NullMarked;
