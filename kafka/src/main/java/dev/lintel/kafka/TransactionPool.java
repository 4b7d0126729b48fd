package dev.lintel.kafka;

import dev.lintel.kafka.BrokerTransactions.Fate;
import dev.lintel.runner.sink.TransactionalSink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of one slot: at most one is written to, others are prepared and wait for their
 * checkpoint, the rest of the producers are idle.
 *
 * <p><i>Ownership:</i> the task's thread. <i>Invariants:</i> each transactional id is in one place
 * only; a producer's id and epoch are given to it by {@link #begin}, so that a zombie's can't take
 * them from a newer run. <i>Limits:</i> as many producers as {@link Settings#size}.
 */
final class TransactionPool<K, V> {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionPool.class);

  private final Settings<K, V> settings;
  private final ProducerInternals internals = new ProducerInternals();
  private final TransactionalSink.Context context;

  /** Ids for which there is no producer yet, with the epochs to write in. */
  private final Deque<Map.Entry<String, ProducerEpoch>> unused = new ArrayDeque<>();

  private final Deque<TransactionalProducer<K, V>> idle = new ArrayDeque<>();
  private final Map<String, TransactionalProducer<K, V>> prepared = new HashMap<>();
  private @Nullable TransactionalProducer<K, V> current;
  private @Nullable BrokerTransactions broker;

  /**
   * @param size as many transactions as can be open at once
   * @param timeoutMillis after which the broker aborts a transaction
   * @param allowLost go on without transactions that have been aborted before their commit
   */
  record Settings<K, V>(Clients<K, V> clients, int size, int timeoutMillis, boolean allowLost) {}

  /** Makes clients of the broker. */
  interface Clients<K, V> {
    KafkaProducer<K, V> producer(String transactionalId);

    BrokerTransactions transactions();
  }

  TransactionPool(Settings<K, V> settings, TransactionalSink.Context context) {
    this.settings = settings;
    this.context = context;
  }

  /**
   * Commits and aborts what earlier lives have left to this slot's care, and shuts them out.
   *
   * @throws LostTransactionException if something can't be committed any more
   */
  void begin(List<PreparedTransaction> restored) {
    List<PreparedTransaction> mine =
        restored.stream().filter(each -> isMine(each.transactionalId())).toList();
    TransactionalIds ids = TransactionalIds.of(context.jobId(), context.transform());
    Set<TransactionalIds> sinks = new LinkedHashSet<>(List.of(ids));
    restored.forEach(each -> sinks.add(TransactionalIds.sinkOf(each.transactionalId())));
    // First all commits: a newer epoch ends the transactions.
    commitAll(mine);
    List<String> own = ids.ofSlot(context.slot(), settings.size());
    Set<String> fenced = new LinkedHashSet<>(own);
    for (TransactionalIds each : sinks) {
      broker().known(each).stream().filter(this::isMine).forEach(fenced::add);
    }
    Supplier<Map<String, ProducerEpoch>> fencing = broker().fence(fenced, settings.timeoutMillis());
    // Made while the broker is busy; and a configuration that no producer takes is known before an
    // element is read.
    KafkaProducer<K, V> producer = settings.clients().producer(own.get(0));
    Map<String, ProducerEpoch> epochs;
    try {
      epochs = fencing.get();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
    for (String each : own) {
      unused.add(Map.entry(each, epochs.get(each)));
    }
    idle.add(adopted(producer, unused.remove()));
  }

  private TransactionalProducer<K, V> adopted(
      KafkaProducer<K, V> producer, Map.Entry<String, ProducerEpoch> id) {
    internals.adopt(id.getValue(), producer);
    return new TransactionalProducer<>(id.getKey(), producer, internals);
  }

  private boolean isMine(String transactionalId) {
    return TransactionalIds.caretaker(transactionalId, context.slots()) == context.slot();
  }

  /** The producer of the open transaction; begins one if there is none. */
  TransactionalProducer<K, V> open() {
    TransactionalProducer<K, V> open = current;
    if (open == null) {
      open = take();
      current = open;
      open.begin();
    }
    return open;
  }

  private TransactionalProducer<K, V> take() {
    TransactionalProducer<K, V> next = idle.poll();
    if (next != null) {
      return next;
    }
    Map.Entry<String, ProducerEpoch> id = unused.poll();
    if (id == null) {
      throw new IllegalStateException(
          "Expected at most "
              + settings.size()
              + " transactions to be open at once, but that many wait for a checkpoint to complete: see in"
              + " the log why none does (transform="
              + context.transform()
              + ", slot="
              + context.slot()
              + ")");
    }
    return adopted(settings.clients().producer(id.getKey()), id);
  }

  private BrokerTransactions broker() {
    BrokerTransactions connected = broker;
    if (connected == null) {
      connected = settings.clients().transactions();
      broker = connected;
    }
    return connected;
  }

  /** Fails if a record of the open transaction could not be written. */
  void checkSent() {
    if (current != null) {
      current.checkSent();
    }
  }

  /** Prepares the open transaction; null if nothing was written. */
  @Nullable PreparedTransaction prepare() {
    TransactionalProducer<K, V> open = current;
    if (open == null || !open.hasRecords()) {
      return null;
    }
    PreparedTransaction transaction = open.prepare(broker());
    prepared.put(transaction.transactionalId(), open);
    current = null;
    return transaction;
  }

  /** Commits a transaction, whichever life has prepared it. */
  void commit(PreparedTransaction transaction) {
    TransactionalProducer<K, V> producer = prepared.remove(transaction.transactionalId());
    if (producer == null) {
      commitAll(List.of(transaction));
      return;
    }
    // In idle also if it fails: so it will be closed.
    idle.add(producer);
    producer.commit();
  }

  private void commitAll(List<PreparedTransaction> transactions) {
    List<PreparedTransaction> lost = new ArrayList<>();
    for (PreparedTransaction each : transactions) {
      Fate fate = broker().fateOf(each);
      if (fate == Fate.OPEN) {
        fate = resumeAndCommit(each);
      }
      if (fate == Fate.LOST) {
        lost.add(each);
      }
    }
    if (lost.isEmpty()) {
      return;
    }
    LostTransactionException failure = new LostTransactionException(context.transform(), lost);
    if (!settings.allowLost()) {
      throw failure;
    }
    LOG.warn("Going on, as --allowLostTransactions says. {}", failure.getMessage());
  }

  private Fate resumeAndCommit(PreparedTransaction transaction) {
    KafkaProducer<K, V> producer = settings.clients().producer(transaction.transactionalId());
    try {
      internals.resume(transaction.epoch(), producer);
      producer.commitTransaction();
      LOG.info("Committed the transaction {} of an earlier life of the job", transaction);
      return Fate.COMMITTED;
    } catch (ProducerFencedException
        | InvalidProducerEpochException
        | InvalidTxnStateException ended) {
      // It ended after its fate was asked for.
      Fate fate = broker().fateOf(transaction);
      if (fate == Fate.OPEN) {
        throw new KafkaException(
            "Expected to commit the open transaction " + transaction + ", but: " + ended, ended);
      }
      return fate;
    } finally {
      producer.close(Duration.ZERO);
    }
  }

  /** Closes all producers. What is prepared stays so. */
  void close() {
    if (current != null) {
      current.abandon();
      current = null;
    }
    prepared.values().forEach(TransactionalProducer::close);
    prepared.clear();
    idle.forEach(TransactionalProducer::close);
    idle.clear();
    if (broker != null) {
      broker.close();
      broker = null;
    }
  }
}
