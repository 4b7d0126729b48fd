package dev.lintel.kafka;

import dev.lintel.runner.sink.SinkReplacement.Checkpoints;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.io.kafka.KafkaIO.WriteRecords;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * How the producers of one write are configured: as {@code KafkaIO} says, with what transactions
 * need beside it.
 *
 * @param producerConfig without a transactional id
 * @param transactionsMax how many transactions of a slot may be open at once
 */
record WriteSettings(
    HashMap<String, Object> producerConfig,
    int transactionTimeoutMillis,
    int transactionsMax,
    boolean allowLostTransactions)
    implements Serializable {
  /** What Kafka's brokers allow at most, unless they are told otherwise. */
  private static final long BROKERS_TRANSACTION_TIMEOUT_MILLIS_MAX = 900_000;

  /** {@code KafkaIO}'s own, for producers that repeat records when they retry. */
  private static final int KAFKA_IO_RETRIES = 3;

  private static final int IN_FLIGHT_MAX = 5;

  /**
   * Who reads what is committed waits for the checkpoint anyway, and a barrier does not wait for
   * this: fewer and larger requests cost no one time.
   */
  private static final int LINGER_MILLIS = 20;

  /** One is written to, one waits for the checkpoint that runs, and one is to spare. */
  private static final int TRANSACTIONS_MIN = 3;

  /**
   * @throws IllegalArgumentException naming all that keeps this write from being exactly-once
   */
  static WriteSettings of(WriteRecords<?, ?> write, Checkpoints checkpoints, boolean allowLost) {
    HashMap<String, Object> config = new HashMap<>(write.getProducerConfig());
    List<String> problems = new ArrayList<>();
    if (write.isEOS()) {
      problems.add(
          "Expected no withEOS(), but it is set: that is Beam's own way, which needs runners with other"
              + " checkpoints. Leave it out: under --exactlyOnceSinks a plain write is exactly-once");
    }
    refuseContradictions(config, problems);
    long needed = checkpoints.intervalMillis() + checkpoints.timeoutMillis();
    long timeout = transactionTimeoutMillis(config, problems);
    if (timeout < needed) {
      problems.add(
          "Expected "
              + ProducerConfig.TRANSACTION_TIMEOUT_CONFIG
              + " to be at least "
              + needed
              + " (the time between checkpoints, "
              + checkpoints.intervalMillis()
              + ", and --checkpointTimeoutMillis, "
              + checkpoints.timeoutMillis()
              + "), but it is "
              + timeout
              + ": set it higher in withProducerConfigUpdates (the broker's transaction.max.timeout.ms must"
              + " allow it, and downtimes are to be added), or take shorter times for checkpoints");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) timeout);
    config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, write.getKeySerializer());
    config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, write.getValueSerializer());
    config.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
    if (isNumber(config.get(ProducerConfig.RETRIES_CONFIG), KAFKA_IO_RETRIES)) {
      // In a transaction a retry repeats nothing, and delivery.timeout.ms ends it.
      config.remove(ProducerConfig.RETRIES_CONFIG);
    }
    return new WriteSettings(
        config, (int) timeout, TRANSACTIONS_MIN + checkpoints.failuresTolerated(), allowLost);
  }

  private static void refuseContradictions(Map<String, Object> config, List<String> problems) {
    Object acks = config.getOrDefault(ProducerConfig.ACKS_CONFIG, "all");
    if (!acks.equals("all") && !isNumber(acks, -1)) {
      problems.add(expected(ProducerConfig.ACKS_CONFIG, "all", acks));
    }
    Object idempotence = config.getOrDefault(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    if (!idempotence.toString().equalsIgnoreCase("true")) {
      problems.add(expected(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true", idempotence));
    }
    Object retries = config.get(ProducerConfig.RETRIES_CONFIG);
    if (isNumber(retries, 0)) {
      problems.add(expected(ProducerConfig.RETRIES_CONFIG, "more than 0", retries));
    }
    Object inFlight =
        config.getOrDefault(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, IN_FLIGHT_MAX);
    if (number(inFlight) > IN_FLIGHT_MAX) {
      problems.add(
          expected(
              ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
              "at most " + IN_FLIGHT_MAX,
              inFlight));
    }
    Object id = config.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    if (id != null) {
      problems.add(
          expected(
              ProducerConfig.TRANSACTIONAL_ID_CONFIG, "left to the runner, which has many", id));
    }
  }

  private static long transactionTimeoutMillis(Map<String, Object> config, List<String> problems) {
    Object given = config.get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
    if (given == null) {
      return BROKERS_TRANSACTION_TIMEOUT_MILLIS_MAX;
    }
    long timeout = number(given);
    if (timeout > Integer.MAX_VALUE) {
      problems.add(expected(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "milliseconds", given));
    }
    return timeout;
  }

  private static String expected(String property, String what, @Nullable Object value) {
    return "Expected the producer property " + property + " to be " + what + ", but it is " + value;
  }

  private static boolean isNumber(@Nullable Object value, long number) {
    return value != null && value.toString().strip().equals(Long.toString(number));
  }

  /** As Kafka does, it takes text for a number. */
  private static long number(Object value) {
    try {
      return Long.parseLong(value.toString().strip());
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
