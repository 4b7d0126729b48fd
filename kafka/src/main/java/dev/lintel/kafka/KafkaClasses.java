package dev.lintel.kafka;

import java.lang.invoke.MethodHandles;
import java.util.List;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;
import org.apache.beam.sdk.io.kafka.KafkaCheckpointMark;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.KafkaAdminClient;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.internals.ClassicKafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.utils.Time;

/**
 * The classes that reading from Kafka and writing to it need. With the schemas of all messages
 * there are more than a thousand, and loading them takes longer than connecting does.
 */
final class KafkaClasses {
  /** Each takes others along. */
  private static final List<Class<?>> CLIENTS =
      List.of(
          ConsumerConfig.class,
          ProducerConfig.class,
          AdminClientConfig.class,
          ApiKeys.class,
          Errors.class,
          AbstractResponse.class,
          Metrics.class,
          Selector.class,
          NetworkClient.class,
          KafkaAdminClient.class,
          KafkaConsumer.class,
          ClassicKafkaConsumer.class,
          KafkaProducer.class);

  private KafkaClasses() {}

  /**
   * Loads and initialises them, and what the JVM needs to show the clients' metrics. Connects to
   * nothing.
   */
  static void load() {
    // In the order in which a start needs them. Avro comes with the coder of reading positions.
    SerializableUtils.serializeToByteArray(KafkaIO.read());
    AvroCoder.of(KafkaCheckpointMark.class);
    SerializableUtils.serializeToByteArray(KafkaIO.writeRecords());
    for (Class<?> each : CLIENTS) {
      try {
        MethodHandles.publicLookup().ensureInitialized(each);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException("Expected " + each + " to be public", e);
      }
    }
    new Metrics(new MetricConfig(), List.of(new JmxReporter()), Time.SYSTEM).close();
  }
}
