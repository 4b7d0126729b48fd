package dev.lintel.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.broker.KafkaBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** With a real broker, which all tests share: each has topics of its own. */
class KafkaWordCountTest {
  private static final long SEED = 20_260_301;
  private static final long NOON = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
  private static final int WINDOW_SECONDS = 60;
  private static final int RECORDS = 2_000;
  private static final int PARTITIONS = 3;
  private static final long TIMEOUT_NANOS = Duration.ofSeconds(120).toNanos();

  @TempDir static Path folder;
  private static KafkaBroker broker;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = KafkaBroker.start(folder.resolve("broker"));
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @Test
  void countsOfABoundedReadAreThoseOfDirectRunner() throws Exception {
    Map<String, Long> expected = fillTopic("bounded");

    Map<String, Long> lintel = countToTheEnd(TestedRunner.LINTEL);
    Map<String, Long> direct = countToTheEnd(TestedRunner.DIRECT);

    assertThat(lintel).as("seed %d", SEED).isEqualTo(direct).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void countsComeWhileThePipelineRuns(TestedRunner runner) throws Exception {
    String input = "endless-" + runner;
    String output = input + "-counts";
    Map<String, Long> expected = fillTopic(input);
    broker.createTopic(output, 1);

    try (PipelineProcess pipeline =
        PipelineProcess.start(runner, folder, KafkaWordCount.class, options(input, output))) {
      Map<String, Long> counts = consume(output, expected.size(), pipeline);

      assertThat(counts).as("seed %d", SEED).isEqualTo(expected);
      assertThat(pipeline.isRunning()).as("runs until it is stopped").isTrue();
    }
  }

  private Map<String, Long> countToTheEnd(TestedRunner runner) throws Exception {
    String output = "bounded-counts-" + runner;
    broker.createTopic(output, 2);
    List<String> options = new ArrayList<>(options("bounded", output));
    options.add("--maxRecords=" + RECORDS);
    PipelineProcess.run(runner, folder, KafkaWordCount.class, options).assertSucceeded();
    return readAll(output, 2);
  }

  private static List<String> options(String input, String output) {
    return List.of(
        "--bootstrapServers=" + broker.bootstrapServers(),
        "--inputTopic=" + input,
        "--outputTopic=" + output,
        "--windowSeconds=" + WINDOW_SECONDS);
  }

  /** Creates a topic, fills it, and returns the counts that are right: by "window word". */
  private static Map<String, Long> fillTopic(String topic) throws Exception {
    broker.createTopic(topic, PARTITIONS);
    SplittableRandom random = new SplittableRandom(SEED);
    Map<String, Long> counts = new TreeMap<>();
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        long time = NOON + i * 100L;
        long window = time - time % (WINDOW_SECONDS * 1_000);
        String text = WordFiles.randomLine(random);
        producer.send(new ProducerRecord<>(topic, i % PARTITIONS, time, "key", text)).get();
        WordFiles.count(List.of(text))
            .forEach((word, count) -> counts.merge(window + " " + word, count, Long::sum));
      }
    }
    return counts;
  }

  /** Waits for so many counts and returns them. */
  private static Map<String, Long> consume(String topic, int size, PipelineProcess pipeline)
      throws Exception {
    long deadline = System.nanoTime() + TIMEOUT_NANOS;
    Map<String, Long> counts = new TreeMap<>();
    try (KafkaConsumer<String, String> consumer = consumer(topic, 1)) {
      while (counts.size() < size) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> put(counts, record));
        if (System.nanoTime() > deadline || !pipeline.isRunning()) {
          throw new AssertionError(
              "Expected "
                  + size
                  + " counts, but there are "
                  + counts.size()
                  + ":\n"
                  + pipeline.output());
        }
      }
    }
    return counts;
  }

  private static Map<String, Long> readAll(String topic, int partitions) {
    Map<String, Long> counts = new TreeMap<>();
    try (KafkaConsumer<String, String> consumer = consumer(topic, partitions)) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> put(counts, record));
      }
    }
    return counts;
  }

  private static void put(Map<String, Long> counts, ConsumerRecord<String, String> record) {
    String windowAndWord = record.timestamp() + " " + record.key();
    Long before = counts.put(windowAndWord, Long.parseLong(record.value()));
    assertThat(before).as("an earlier count of %s", windowAndWord).isNull();
  }

  private static KafkaConsumer<String, String> consumer(String topic, int partitions) {
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer());
    List<TopicPartition> all = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      all.add(new TopicPartition(topic, partition));
    }
    consumer.assign(all);
    consumer.seekToBeginning(all);
    return consumer;
  }
}
