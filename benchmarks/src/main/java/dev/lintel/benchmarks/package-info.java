/** Pipelines that are measured on several runners. They know only the Beam SDK. */
@NullMarked
package dev.lintel.benchmarks;

import org.jspecify.annotations.NullMarked;
