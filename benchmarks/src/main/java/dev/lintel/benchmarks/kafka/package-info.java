/**
 * The case that reads from Kafka and writes to Kafka: counts per key, an update for each record,
 * against a real broker; for throughput, and for latency at a fixed rate.
 *
 * <p>Called by the program of a run ({@code dev.lintel.benchmarks.run}), and by the program of
 * Kafka Streams, which is given the same input and read by the same reader. Must not import any
 * runner, nor what is newer than Beam 2.70. Only {@link dev.lintel.benchmarks.kafka.KafkaCounts} is
 * loaded where Kafka's classes are not on the class path.
 */
@NullMarked
package dev.lintel.benchmarks.kafka;

import org.jspecify.annotations.NullMarked;
