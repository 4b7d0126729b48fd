package dev.lintel.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.FenceProducersOptions;
import org.apache.kafka.clients.admin.FenceProducersResult;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/**
 * What the broker knows of transactions, whoever has begun them. <i>Ownership:</i> one thread.
 * <i>Failure:</i> {@link KafkaException}; a call may be repeated.
 */
final class BrokerTransactions implements AutoCloseable {
  /** What has become of a transaction that was prepared. */
  enum Fate {
    /** It waits for its commit. */
    OPEN,
    /** It is committed, or will be whatever happens. */
    COMMITTED,
    /** It was aborted, or too long ago to tell. */
    LOST
  }

  /** As long as Kafka's clients wait, by default. */
  private static final long ANSWER_SECONDS_MAX = 60;

  /**
   * After which the broker is asked again. Kafka's default of 100 ms is longer than it takes to
   * abort what a killed process has left open, for which each restart waits; it doubles with each
   * time.
   */
  private static final long RETRY_MILLIS = 10;

  private final Admin admin;

  /**
   * @param producerConfig what of it is for clients of any kind says where the broker is
   */
  BrokerTransactions(Map<String, Object> producerConfig) {
    Map<String, Object> config = new HashMap<>(producerConfig);
    config.keySet().retainAll(AdminClientConfig.configNames());
    config.putIfAbsent(AdminClientConfig.RETRY_BACKOFF_MS_CONFIG, RETRY_MILLIS);
    // Nobody looks at the metrics of this client, and to register them takes as long as to connect.
    config.put(AdminClientConfig.AUTO_INCLUDE_JMX_REPORTER_CONFIG, false);
    config.put(AdminClientConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
    config.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
    admin = Admin.create(config);
  }

  /**
   * Describes the transaction that is open under an id.
   *
   * @throws FencedSinkException if none is open there in this epoch
   */
  PreparedTransaction open(String transactionalId, ProducerEpoch epoch) {
    TransactionDescription now = describe(transactionalId);
    if (now.state() != TransactionState.ONGOING
        || now.producerId() != epoch.producerId()
        || now.producerEpoch() != epoch.epoch()) {
      throw new FencedSinkException("preparing", transactionalId, now);
    }
    return new PreparedTransaction(transactionalId, epoch, now.transactionStartTimeMs().orElse(-1));
  }

  /**
   * What the broker keeps of an id is its last transaction only. An abort, by time-out or by a
   * newer epoch, leaves the start of the transaction that it ended. So if there is another start
   * now, or none (as after a newer epoch was taken between two transactions), then this transaction
   * was committed: we never abort one that is prepared, and {@link TransactionPool#begin} asks for
   * its fate before it takes a newer epoch.
   */
  Fate fateOf(PreparedTransaction transaction) {
    TransactionDescription now;
    try {
      now = describe(transaction.transactionalId());
    } catch (TransactionalIdNotFoundException e) {
      return Fate.LOST;
    }
    boolean same =
        now.producerId() == transaction.epoch().producerId()
            && now.transactionStartTimeMs().orElse(-1) == transaction.startMillis();
    if (same && isAborted(now.state())) {
      return Fate.LOST;
    }
    boolean open = now.state() == TransactionState.ONGOING;
    return same && open && now.producerEpoch() == transaction.epoch().epoch()
        ? Fate.OPEN
        : Fate.COMMITTED;
  }

  private TransactionDescription describe(String transactionalId) {
    return await(admin.describeTransactions(List.of(transactionalId)).description(transactionalId));
  }

  private static boolean isAborted(TransactionState state) {
    return state == TransactionState.PREPARE_ABORT
        || state == TransactionState.COMPLETE_ABORT
        || state == TransactionState.PREPARE_EPOCH_FENCE;
  }

  /** All transactional ids of a sink that the broker knows. */
  List<String> known(TransactionalIds sink) {
    return await(admin.listTransactions().all()).stream()
        .map(TransactionListing::transactionalId)
        .filter(sink::contains)
        .toList();
  }

  /**
   * Begins to abort what is open under these ids, and to shut out whoever writes under them.
   *
   * @param timeoutMillis of the transactions that will be written under them
   * @return waits until that is done, and gives a new epoch for each
   */
  Supplier<Map<String, ProducerEpoch>> fence(
      Collection<String> transactionalIds, int timeoutMillis) {
    FenceProducersOptions options = new FenceProducersOptions().timeoutMs(timeoutMillis);
    // A call for each: in one for all, Kafka's client waits before each, as if it were a retry.
    Map<String, FenceProducersResult> fenced = new LinkedHashMap<>();
    for (String each : transactionalIds) {
      fenced.put(each, admin.fenceProducers(List.of(each), options));
    }
    return () -> {
      Map<String, ProducerEpoch> epochs = new HashMap<>();
      fenced.forEach(
          (id, result) ->
              epochs.put(
                  id, new ProducerEpoch(await(result.producerId(id)), await(result.epochId(id)))));
      return epochs;
    };
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new KafkaException(
          "Expected an answer of the broker within "
              + ANSWER_SECONDS_MAX
              + " s, but there was none",
          e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
