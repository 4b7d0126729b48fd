package dev.lintel.faults.subject;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the input, each record once: the producer goes on where it was when the broker has been
 * away.
 *
 * <p><i>Ownership:</i> any thread.
 */
final class InputTopic implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 300_000;

  /**
   * The broker and this producer share the machine with the pipeline: a request for some records.
   */
  private static final int LINGER_MILLIS = 20;

  private final KafkaProducer<String, String> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  InputTopic(String bootstrapServers) {
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.LINGER_MS_CONFIG,
                LINGER_MILLIS,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                PATIENCE_MILLIS,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                PATIENCE_MILLIS),
            new StringSerializer(),
            new StringSerializer());
  }

  // The callback has the outcome.
  @SuppressWarnings("FutureReturnValueIgnored")
  void send(ProducerRecord<String, String> record) {
    producer.send(
        record,
        (done, exception) -> {
          if (exception != null) {
            failure.compareAndSet(null, exception);
          }
        });
  }

  /** Returns when all records are there. */
  void flush() {
    producer.flush();
    Exception failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("Expected to write the input, but could not", failed);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
