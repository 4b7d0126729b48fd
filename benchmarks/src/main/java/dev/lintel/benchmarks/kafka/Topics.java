package dev.lintel.benchmarks.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The topics of a run, as far as the broker's administration goes. <i>Ownership:</i> one thread.
 */
final class Topics implements AutoCloseable {
  /** Of each topic. */
  static final int PARTITIONS = 4;

  private static final long ANSWER_SECONDS_MAX = 30;

  private final String broker;
  private final Admin admin;

  Topics(String broker) {
    this.broker = broker;
    this.admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker));
  }

  String broker() {
    return broker;
  }

  /** The broker puts the time at which it gets a record on it. */
  void create(String topic) {
    NewTopic made =
        new NewTopic(topic, PARTITIONS, (short) 1)
            .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"));
    await(admin.createTopics(List.of(made)).all());
  }

  static List<TopicPartition> partitions(String topic) {
    return IntStream.range(0, PARTITIONS)
        .mapToObj(each -> new TopicPartition(topic, each))
        .toList();
  }

  /** Where a reader of that isolation finds no more. */
  Map<TopicPartition, Long> ends(List<TopicPartition> partitions, IsolationLevel isolation) {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions.forEach(each -> latest.put(each, OffsetSpec.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    await(admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all())
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  /** Also those that others have made for the run. */
  void deleteAllOf(String run) {
    List<String> names =
        await(admin.listTopics().names()).stream().filter(each -> each.startsWith(run)).toList();
    await(admin.deleteTopics(names).all());
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the broker was asked", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("Expected an answer of the broker, but: " + e, e);
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}
