package dev.lintel.kafka;

import dev.lintel.broker.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** A topic as its readers see it. */
final class Topic {
  private static final long AWAIT_NANOS_MAX = Duration.ofSeconds(60).toNanos();

  final String name;
  private final KafkaBroker broker;
  private final List<TopicPartition> partitions;

  private Topic(KafkaBroker broker, String name, int partitions) {
    this.broker = broker;
    this.name = name;
    this.partitions =
        IntStream.range(0, partitions).mapToObj(each -> new TopicPartition(name, each)).toList();
  }

  /** One that is not there. */
  static Topic named(KafkaBroker broker, String name) {
    return new Topic(broker, name, 1);
  }

  static Topic create(KafkaBroker broker, String name, int partitions) throws InterruptedException {
    broker.createTopic(name, partitions);
    return new Topic(broker, name, partitions);
  }

  /**
   * Sends records, each to the partition that it says, and returns when the broker has them.
   *
   * @param records without a topic
   */
  void send(List<Record> records) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (Record each : records) {
        sent.add(
            producer.send(
                new ProducerRecord<>(name, each.partition, each.timeMillis, each.key, each.value)));
      }
      producer.flush();
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("Expected to write to " + name, e);
    }
  }

  /**
   * What is to be sent.
   *
   * @param timeMillis null for the time of sending
   */
  record Record(int partition, @Nullable Long timeMillis, String key, String value) {}

  /** How many records a reader of committed records gets now. */
  int committedCount() {
    return committedRecords().size();
  }

  /** The values that a reader of committed records gets now. */
  List<String> committed() {
    return committedRecords().stream().map(ConsumerRecord::value).sorted().toList();
  }

  List<ConsumerRecord<String, String>> committedRecords() {
    try (KafkaConsumer<String, String> consumer = consumer("read_committed")) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<String, String>> records = new ArrayList<>();
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(20)).forEach(records::add);
      }
      return records;
    }
  }

  /** The ids that the broker of this topic knows and that begin so. */
  List<String> transactionalIds(String prefix) throws Exception {
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
      return admin.listTransactions().all().get(60, TimeUnit.SECONDS).stream()
          .map(TransactionListing::transactionalId)
          .filter(each -> each.startsWith(prefix))
          .toList();
    }
  }

  /** Waits until no transaction is open in it, and gives what readers of committed records get. */
  List<String> settled() {
    await(true);
    return committed();
  }

  /** Waits until a transaction is open in it. */
  void awaitOpen() {
    await(false);
  }

  private void await(boolean settled) {
    long deadline = System.nanoTime() + AWAIT_NANOS_MAX;
    while (isSettled() != settled) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "Expected " + (settled ? "no" : "a") + " transaction to be open in " + name);
      }
    }
  }

  private boolean isSettled() {
    try (KafkaConsumer<String, String> all = consumer("read_uncommitted");
        KafkaConsumer<String, String> committed = consumer("read_committed")) {
      return all.endOffsets(partitions).equals(committed.endOffsets(partitions));
    }
  }

  private KafkaConsumer<String, String> consumer(String isolation) {
    return new KafkaConsumer<>(
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
            broker.bootstrapServers(),
            ConsumerConfig.ISOLATION_LEVEL_CONFIG,
            isolation,
            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
            20),
        new StringDeserializer(),
        new StringDeserializer());
  }
}
