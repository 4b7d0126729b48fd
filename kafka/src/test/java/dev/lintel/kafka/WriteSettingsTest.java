package dev.lintel.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.sink.SinkReplacement.Checkpoints;
import java.util.Map;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaIO.WriteRecords;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriteSettingsTest {
  private static final Checkpoints CHECKPOINTS = new Checkpoints(10_000, 600_000, 3);

  @ParameterizedTest
  @CsvSource({
    "acks, 0, acks to be all",
    "acks, 1, acks to be all",
    "enable.idempotence, false, enable.idempotence to be true",
    "retries, 0, retries to be more than 0",
    "max.in.flight.requests.per.connection, 6, at most 5",
    "transactional.id, mine, left to the runner",
    "transaction.timeout.ms, 609999, at least 610000 (the time between checkpoints; 10000;"
        + " and --checkpointTimeoutMillis; 600000)",
    "transaction.timeout.ms, 3000000000, milliseconds",
  })
  void refusesWhatContradictsTransactions(String property, String value, String error) {
    assertThatThrownBy(() -> settings(write(Map.of(property, value))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(property)
        .hasMessageContaining("but it is " + value)
        .hasMessageContaining(error.replace(';', ','));
  }

  @Test
  void namesAllProblemsAtOnce() {
    assertThatThrownBy(() -> settings(write(Map.of("acks", "0", "retries", 0)).withEOS(1, "g")))
        .hasMessageContaining("acks")
        .hasMessageContaining("retries")
        .hasMessageContaining("withEOS()");
  }

  @Test
  void theTimeoutOfTransactionsIsTheBrokersLargestUnlessItIsGiven() {
    assertThat(settings(write(Map.of())).transactionTimeoutMillis()).isEqualTo(900_000);
    assertThat(settings(write(Map.of("transaction.timeout.ms", "610000"))).producerConfig())
        .containsEntry(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 610_000);
    assertThatThrownBy(
            () -> WriteSettings.of(write(Map.of()), new Checkpoints(400_000, 600_000, 3), false))
        .hasMessageContaining("at least 1000000")
        .hasMessageContaining("but it is 900000");
  }

  @Test
  void keepsWhatTheUserHasConfigured() {
    WriteSettings settings =
        settings(write(Map.of("acks", "all", "linger.ms", 7, "retries", 9, "buffer.memory", "1")));

    assertThat(settings.producerConfig())
        .containsEntry("acks", "all")
        .containsEntry("linger.ms", 7)
        .containsEntry("retries", 9)
        .containsEntry("bootstrap.servers", "localhost:1")
        .containsEntry("key.serializer", StringSerializer.class);
    assertThat(settings(write(Map.of())).producerConfig())
        .doesNotContainKey("retries")
        .containsEntry("linger.ms", 20);
    assertThat(settings.transactionsMax()).isEqualTo(6);
  }

  private static WriteSettings settings(WriteRecords<String, String> write) {
    return WriteSettings.of(write, CHECKPOINTS, false);
  }

  private static WriteRecords<String, String> write(Map<String, Object> config) {
    return KafkaIO.<String, String>writeRecords()
        .withBootstrapServers("localhost:1")
        .withKeySerializer(StringSerializer.class)
        .withValueSerializer(StringSerializer.class)
        .withTopic("topic")
        .withProducerConfigUpdates(config);
  }
}
