/**
 * {@code KafkaIO}'s writes, exactly once: what takes the place of Beam's own Kafka writer when
 * checkpoints are on, and writes in transactions that are committed with a checkpoint. Found by
 * {@code runner} through {@code SinkReplacement}; knows of {@code runner} that contract and {@code
 * TransactionalSink} only.
 */
@NullMarked
package dev.lintel.kafka;

import org.jspecify.annotations.NullMarked;
