package dev.lintel.kafka;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/**
 * A producer that writes one transaction after the other under one transactional id. It never takes
 * a newer epoch: so one that wakes up late can do nothing any more.
 *
 * <p><i>Ownership:</i> the task's thread; only {@link #failure} is written by the producer's own
 * thread. <i>Failure:</i> {@link FencedSinkException} when someone else has taken the id; the
 * producer is then only closed.
 */
final class TransactionalProducer<K, V> {
  /** A job that is cancelled while the broker is away ends all the same. */
  private static final Duration ABANDON_TIMEOUT = Duration.ofSeconds(3);

  private final String transactionalId;
  private final KafkaProducer<K, V> producer;
  private final ProducerInternals internals;
  private final Callback callback = this::sent;

  /** The first send that failed. Written by the producer's thread, read by the task's. */
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  private boolean hasRecords;

  /**
   * @param producer has this transactional id, and an epoch
   */
  TransactionalProducer(
      String transactionalId, KafkaProducer<K, V> producer, ProducerInternals internals) {
    this.transactionalId = transactionalId;
    this.producer = producer;
    this.internals = internals;
  }

  /** Begins the next transaction. The broker hears of it with its first record. */
  void begin() {
    producer.beginTransaction();
  }

  /**
   * @throws org.apache.kafka.common.errors.SerializationException if the record can't be
   *     serialized; the transaction goes on without it
   */
  // The callback has the outcome.
  @SuppressWarnings("FutureReturnValueIgnored")
  void send(ProducerRecord<K, V> record) {
    producer.send(record, callback);
    hasRecords = true;
  }

  private void sent(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
    if (exception != null) {
      failure.compareAndSet(null, exception);
    }
  }

  /** Fails if any record so far could not be written. */
  void checkSent() {
    Exception failed = failure.get();
    if (failed != null) {
      throw explained("writing records", failed);
    }
  }

  boolean hasRecords() {
    return hasRecords;
  }

  /** Ends the open transaction, as far as writing to it goes. */
  PreparedTransaction prepare(BrokerTransactions broker) {
    producer.flush();
    checkSent();
    return broker.open(transactionalId, internals.epochOf(producer));
  }

  /** Commits the transaction that was prepared. */
  void commit() {
    try {
      producer.commitTransaction();
    } catch (KafkaException e) {
      throw explained("committing", e);
    }
    hasRecords = false;
  }

  private RuntimeException explained(String doing, Exception cause) {
    if (cause instanceof ProducerFencedException
        || cause instanceof InvalidProducerEpochException) {
      return new FencedSinkException(doing, transactionalId, cause);
    }
    return new KafkaException(
        "Expected the broker's agreement while "
            + doing
            + ", but: "
            + cause
            + " (transactionalId="
            + transactionalId
            + ")",
        cause);
  }

  /**
   * Closes the producer, which has the broker abort the transaction that is open and not prepared,
   * so that readers need not wait for its time-out. If that can't be had soon, the job's next life
   * does it.
   */
  void abandon() {
    producer.close(ABANDON_TIMEOUT);
  }

  /** Closes the producer; a transaction that is open stays so. */
  void close() {
    // Otherwise the producer would abort what was prepared.
    producer.close(Duration.ZERO);
  }
}
