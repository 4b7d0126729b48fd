package dev.lintel.benchmarks.kafka;

import dev.lintel.benchmarks.cases.Keys;
import dev.lintel.benchmarks.cases.Work;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the records of a work to a topic: its key, and its index as value.
 *
 * <p><i>Ownership:</i> one thread; failures come from the producer's own.
 */
final class InputRecords implements AutoCloseable {
  /** Enough for a fixed rate to go in few requests; so much is part of every latency. */
  private static final int LINGER_MILLIS = 2;

  private static final int BATCH_BYTES = 128 * 1024;

  private final String topic;
  private final Keys keys;
  private final KafkaProducer<Long, Long> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final Callback callback =
      (metadata, exception) -> {
        if (exception != null) {
          failure.compareAndSet(null, exception);
        }
      };

  InputRecords(String broker, String topic, Work work) {
    this.topic = topic;
    this.keys = Keys.of(work);
    keys.warm();
    Map<String, Object> config = new HashMap<>();
    config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
    config.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
    config.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    producer = new KafkaProducer<>(config, new LongSerializer(), new LongSerializer());
  }

  /** Returns when the broker has them. */
  void send(long from, long to) {
    for (long index = from; index < to; index++) {
      send(index);
    }
    flush();
  }

  // The callback has the outcome.
  @SuppressWarnings("FutureReturnValueIgnored")
  void send(long index) {
    producer.send(new ProducerRecord<>(topic, keys.keyOf(index), index), callback);
  }

  /** Fails if any record could not be written. */
  void flush() {
    producer.flush();
    Exception failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("Expected all input to be written, but: " + failed, failed);
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
