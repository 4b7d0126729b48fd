package dev.lintel.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.runner.LintelPipelineResult;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code commitOffsetsInFinalize}: what a group has committed in Kafka is never more than what a
 * complete checkpoint has. Checkpoints are taken only when the tests ask for them.
 */
@Timeout(180)
class CommittedOffsetsTest {
  private static final int BATCH = 50;

  /** By job: how many elements it has seen. */
  private static final Map<String, AtomicInteger> SEEN = new ConcurrentHashMap<>();

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

  private static final class See extends DoFn<KV<String, String>, Void> {
    private static final long serialVersionUID = 1L;
    private final String job;

    See(String job) {
      this.job = job;
    }

    @ProcessElement
    public void process() {
      SEEN.get(job).incrementAndGet();
    }
  }

  private static LintelPipelineResult start(String job, Topic topic, String... more) {
    SEEN.putIfAbsent(job, new AtomicInteger());
    Pipeline pipeline = JobRun.pipeline(folder, job, more);
    pipeline
        .apply(
            "Read",
            JobRun.read(broker, topic)
                .withConsumerConfigUpdates(Map.of(ConsumerConfig.GROUP_ID_CONFIG, group(job)))
                .commitOffsetsInFinalize()
                .withoutMetadata())
        .apply("See", ParDo.of(new See(job)));
    return JobRun.start(pipeline);
  }

  private static String group(String job) {
    return job + "-group";
  }

  private static void send(Topic topic) {
    topic.send(
        IntStream.range(0, BATCH)
            .mapToObj(each -> new Topic.Record(0, null, "k", "v" + each))
            .toList());
  }

  private static void sendAndAwait(LintelPipelineResult run, String job, Topic topic) {
    int before = SEEN.get(job).get();
    send(topic);
    JobRun.await(run, "a batch is read", () -> SEEN.get(job).get() >= before + BATCH);
  }

  /** Zero if nothing is committed. */
  private static long committed(String job) {
    try (Admin admin =
        Admin.create(
            Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
      return admin
          .listConsumerGroupOffsets(group(job))
          .partitionsToOffsetAndMetadata()
          .get(60, TimeUnit.SECONDS)
          .values()
          .stream()
          .mapToLong(each -> each.offset())
          .sum();
    } catch (Exception e) {
      throw new AssertionError("Expected to be told the offsets of " + group(job), e);
    }
  }

  @Test
  void nothingIsCommittedBeforeACheckpointHasItNorAfterARollBack() throws Exception {
    String job = "offsets-after-checkpoints";
    Topic topic = Topic.create(broker, job, 1);
    LintelPipelineResult run = start(job, topic, "--checkpointIntervalMillis=3600000");
    // What the reader was told to commit with one batch, it does before it reads the next but one.
    for (int i = 0; i < 4; i++) {
      sendAndAwait(run, job, topic);
    }
    assertThat(committed(job)).isZero();

    run.savepoint(folder.resolve(job + "-savepoint").toString());
    JobRun.await(run, "the offset is committed", () -> committed(job) == 4 * BATCH);
    for (int i = 0; i < 3; i++) {
      sendAndAwait(run, job, topic);
    }
    assertThat(committed(job)).isEqualTo(4 * BATCH);
    run.cancel();

    assertThat(committed(job)).as("cancelled without a checkpoint").isEqualTo(4 * BATCH);
  }

  @Test
  void theLastCheckpointOfAStopAndOfADrainCommits() throws Exception {
    String job = "offsets-at-the-end";
    Topic topic = Topic.create(broker, job, 1);
    LintelPipelineResult run = start(job, topic, "--checkpointIntervalMillis=3600000");
    sendAndAwait(run, job, topic);
    assertThat(run.stop(null)).isEqualTo(State.CANCELLED);
    assertThat(committed(job)).isEqualTo(BATCH);

    LintelPipelineResult next = start(job, topic, "--checkpointIntervalMillis=3600000");
    sendAndAwait(next, job, topic);
    assertThat(committed(job)).isEqualTo(BATCH);
    next.drain();
    assertThat(next.waitUntilFinish()).isEqualTo(State.DONE);

    assertThat(committed(job)).isEqualTo(2 * BATCH);
    assertThat(SEEN.get(job).get()).as("each was read once").isEqualTo(2 * BATCH);
  }
}
