/**
 * The process that has the broker of the cases with Kafka. Started by the driver ({@code
 * dev.lintel.benchmarks.compare}); must not import it, nor any case.
 */
@NullMarked
package dev.lintel.benchmarks.broker;

import org.jspecify.annotations.NullMarked;
