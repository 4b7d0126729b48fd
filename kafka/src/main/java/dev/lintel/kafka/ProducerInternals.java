package dev.lintel.kafka;

import java.lang.reflect.Field;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.internals.TransactionManager;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;

/**
 * What a transactional sink needs of a {@link KafkaProducer}, and what it has, but not in public:
 * to go on in an epoch, or even in a transaction, that someone else has begun.
 *
 * <p>{@code initTransactions}, which is public, takes the next epoch from whoever has the current
 * one: called by a zombie, it would abort what its successor has prepared; called after a crash, it
 * would abort what waits for its commit. <i>Failure:</i> {@link IncompatibleClientException} when
 * an object of this class is made.
 */
final class ProducerInternals {
  /** The version of the client that this was written for. */
  private static final String WRITTEN_FOR = "3.9.2";

  private final Field manager;
  private final Field state;
  private final Field epoch;
  private final Field started;
  private final Object ready;
  private final Object inTransaction;

  /**
   * @throws IncompatibleClientException if the client on the class path has other internals
   */
  ProducerInternals() {
    try {
      manager = field(KafkaProducer.class, "transactionManager", TransactionManager.class);
      state = field(TransactionManager.class, "currentState", Enum.class);
      epoch = field(TransactionManager.class, "producerIdAndEpoch", ProducerIdAndEpoch.class);
      started = field(TransactionManager.class, "transactionStarted", boolean.class);
      ready = constant(state.getType(), "READY");
      inTransaction = constant(state.getType(), "IN_TRANSACTION");
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IncompatibleClientException(e);
    }
  }

  /** The epoch that a producer writes in. */
  ProducerEpoch epochOf(KafkaProducer<?, ?> producer) {
    try {
      ProducerIdAndEpoch current = (ProducerIdAndEpoch) epoch.get(manager.get(producer));
      return new ProducerEpoch(current.producerId, current.epoch);
    } catch (IllegalAccessException e) {
      throw new IncompatibleClientException(e);
    }
  }

  /** Has a producer that was just made write in an epoch in which no one else has. */
  void adopt(ProducerEpoch given, KafkaProducer<?, ?> producer) {
    set(given, ready, false, producer);
  }

  /**
   * Has a producer that was just made take up a transaction that another one has begun in the given
   * epoch, and has written to: it can then be committed.
   */
  void resume(ProducerEpoch given, KafkaProducer<?, ?> producer) {
    set(given, inTransaction, true, producer);
  }

  private void set(
      ProducerEpoch given, Object newState, boolean hasWritten, KafkaProducer<?, ?> producer) {
    try {
      Object transactions = manager.get(producer);
      // As the producer's own thread reads it.
      synchronized (transactions) {
        epoch.set(transactions, new ProducerIdAndEpoch(given.producerId(), given.epoch()));
        started.set(transactions, hasWritten);
        state.set(transactions, newState);
      }
    } catch (IllegalAccessException e) {
      throw new IncompatibleClientException(e);
    }
  }

  private static Field field(Class<?> owner, String name, Class<?> type)
      throws NoSuchFieldException {
    Field field = owner.getDeclaredField(name);
    if (!type.isAssignableFrom(field.getType())) {
      throw new NoSuchFieldException(owner.getName() + "." + name + " of type " + type.getName());
    }
    field.setAccessible(true);
    return field;
  }

  private static Object constant(Class<?> type, String name) throws NoSuchFieldException {
    for (Object each : type.getEnumConstants()) {
      if (((Enum<?>) each).name().equals(name)) {
        return each;
      }
    }
    throw new NoSuchFieldException(type.getName() + "." + name);
  }

  /**
   * The Kafka client on the class path can't resume transactions. Take the one that is named, or
   * write without exactly-once sinks.
   */
  static final class IncompatibleClientException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    IncompatibleClientException(Throwable cause) {
      super(
          "Expected a kafka-clients whose producer can resume a transaction, but version "
              + AppInfoParser.getVersion()
              + " has other internals than "
              + WRITTEN_FOR
              + " ("
              + cause
              + "): take "
              + WRITTEN_FOR
              + ", or set --exactlyOnceSinks=false",
          cause);
    }
  }
}
