/**
 * The front door: the runner, its options, their registration with Beam, and the result of a run.
 * Users' pipelines call it through Beam only.
 */
@NullMarked
package dev.lintel.runner;

import org.jspecify.annotations.NullMarked;
