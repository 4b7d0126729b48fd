package dev.lintel.benchmarks.kafka;

import dev.lintel.benchmarks.cases.Keys;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.cases.WrongResultException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;

/**
 * Reads the counts, and compares each with the one of its key before.
 *
 * <p>Of each key the counts have to grow. Who merges updates leaves some out: then the records that
 * a later count stands for are taken to be seen with it.
 */
final class ResultReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int RECORDS_PER_POLL = 20_000;
  private static final int FETCH_BYTES = 4 << 20;

  /** How often it is asked whether the pipeline goes on. */
  private static final long ASK_NANOS = 500_000_000;

  private final Work work;
  private final KafkaConsumer<Long, Long> consumer;
  private final int[] counts;
  private final Map<TopicPartition, Long> ends = new HashMap<>();
  private long counted;
  private long records;
  private long lastAppendMillis;
  private long askedNanos = System.nanoTime();

  /** Is told of each record of the input whose count was seen. */
  interface Sight {
    void seen(long index, long nanos);
  }

  ResultReader(Topics topics, String topic, IsolationLevel isolation, Work work) {
    this.work = work;
    this.counts = new int[Math.toIntExact(work.keys())];
    Map<String, Object> config = new HashMap<>();
    config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, topics.broker());
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.name().toLowerCase(Locale.ROOT));
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, RECORDS_PER_POLL);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    consumer = new KafkaConsumer<>(config, new LongDeserializer(), new LongDeserializer());
    consumer.assign(Topics.partitions(topic));
    consumer.seekToBeginning(consumer.assignment());
  }

  /** Reads on until so many records of the input are counted, and calls the last one meanwhile. */
  void readTo(long total, Runnable running, Runnable meanwhile) {
    readTo(total, running, meanwhile, (index, nanos) -> {});
  }

  void readTo(long total, Runnable running, Runnable meanwhile, Sight sight) {
    while (counted < total) {
      ConsumerRecords<Long, Long> polled = consumer.poll(POLL);
      long now = System.nanoTime();
      for (ConsumerRecord<Long, Long> each : polled) {
        take(each, now, sight);
      }
      meanwhile.run();
      if (now - askedNanos > ASK_NANOS) {
        askedNanos = now;
        running.run();
      }
    }
  }

  private void take(ConsumerRecord<Long, Long> result, long nanos, Sight sight) {
    int key = Math.toIntExact(result.key());
    int count = Math.toIntExact(result.value());
    if (count <= counts[key]) {
      throw new WrongResultException(
          "Expected the counts of a key to grow, but "
              + count
              + " came after "
              + counts[key]
              + " (key="
              + key
              + ", "
              + result.topic()
              + "-"
              + result.partition()
              + "@"
              + result.offset()
              + ")");
    }
    for (long before = counts[key]; before < count; before++) {
      // With cyclic keys; with others nobody asks.
      sight.seen(before * work.keys() + key, nanos);
    }
    counted += count - counts[key];
    counts[key] = count;
    records++;
    lastAppendMillis = Math.max(lastAppendMillis, result.timestamp());
    ends.put(new TopicPartition(result.topic(), result.partition()), result.offset() + 1);
  }

  /** When the broker got the last of them. */
  long lastAppendMillis() {
    return lastAppendMillis;
  }

  /** Behind the last record of each partition that has any. */
  Map<TopicPartition, Long> endOffsets() {
    return Map.copyOf(ends);
  }

  /**
   * @param everyUpdate whether there has to be a result for each record of the input
   * @return how many facts were checked
   * @throws WrongResultException if a count is not what it should be
   */
  int check(boolean everyUpdate) {
    Keys keys = Keys.of(work);
    int[] expected = new int[counts.length];
    for (long index = 0; index < work.elements(); index++) {
      expected[(int) keys.keyOf(index)]++;
    }
    for (int key = 0; key < counts.length; key++) {
      if (counts[key] != expected[key]) {
        throw new WrongResultException(
            "Expected key "
                + key
                + " to count "
                + expected[key]
                + ", but the last count is "
                + counts[key]);
      }
    }
    if (everyUpdate && records != work.elements()) {
      throw new WrongResultException(
          "Expected "
              + work.elements()
              + " results, one for each record, but there are "
              + records);
    }
    return counts.length + (everyUpdate ? 1 : 0);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
