package dev.lintel.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.runner.LintelPipelineResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From Kafka to Kafka, in jobs that fail, are stopped, are cancelled, and go on. */
@Timeout(180)
class ExactlyOnceJobTest {
  private static final long SEED = 20_261_121;
  private static final int PARTITIONS = 2;
  private static final int KEYS = 20;
  private static final int RECORDS = 3_000;

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

  /** Numbers the values of each key: the number and the value come out. */
  private static final class Number extends DoFn<KV<String, String>, KV<String, String>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, String> element,
        @StateId("count") ValueState<Integer> count,
        OutputReceiver<KV<String, String>> output) {
      Integer before = count.read();
      int now = before == null ? 1 : before + 1;
      count.write(now);
      output.output(
          KV.of(element.getKey(), element.getKey() + " " + now + " " + element.getValue()));
    }
  }

  /** The records of a test, and what has to come out. */
  private static final class Load {
    final List<Topic.Record> records = new ArrayList<>();
    final List<String> expected = new ArrayList<>();

    Load() {
      SplittableRandom random = new SplittableRandom(SEED);
      Map<Integer, Integer> counts = new HashMap<>();
      for (int i = 0; i < RECORDS; i++) {
        int key = random.nextInt(KEYS);
        records.add(new Topic.Record(key % PARTITIONS, null, "k" + key, "v" + i));
        expected.add("k" + key + " " + counts.merge(key, 1, Integer::sum) + " v" + i);
      }
      expected.sort(null);
    }
  }

  private static LintelPipelineResult start(String job, Topic in, Topic out, String... more) {
    Pipeline pipeline = JobRun.pipeline(folder, job, more);
    pipeline
        .apply("Read", JobRun.read(broker, in).withoutMetadata())
        .apply("StumbleBefore", ParDo.of(new Stumble<>(job + " before", 2, 300)))
        .apply("Number", ParDo.of(new Number()))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()))
        .apply("StumbleBehind", ParDo.of(new Stumble<>(job + " behind", 2, 250)))
        .apply("Write", JobRun.write(broker, out));
    return JobRun.start(pipeline);
  }

  @Test
  void eachResultIsSeenOnceHoweverTheJobEndsAndGoesOn() throws Exception {
    String job = "once";
    Topic in = Topic.create(broker, "once-in", PARTITIONS);
    Topic out = Topic.create(broker, "once-out", PARTITIONS);
    Load load = new Load();
    int third = RECORDS / 3;

    in.send(load.records.subList(0, third));
    LintelPipelineResult first = start(job, in, out);
    JobRun.await(first, "half of it is written", () -> out.committedCount() >= third / 2);
    JobRun.stop(first);

    in.send(load.records.subList(third, 2 * third));
    LintelPipelineResult second = start(job, in, out);
    JobRun.await(second, "more is written", () -> out.committedCount() >= third + third / 2);
    assertThat(second.cancel()).as("without a checkpoint").isEqualTo(State.CANCELLED);

    LintelPipelineResult last = start(job, in, out);
    in.send(load.records.subList(2 * third, RECORDS));
    JobRun.await(last, "all is written", () -> out.committedCount() >= RECORDS);
    JobRun.stop(last);

    assertThat(out.settled()).as("seed %d", SEED).isEqualTo(load.expected);
    assertThat(Stumble.left(job + " before")).isLessThanOrEqualTo(0);
    assertThat(Stumble.left(job + " behind")).isLessThanOrEqualTo(0);
  }

  /** Beam's own sink may write again: but state has had each element once. */
  @Test
  void withoutTheSinkEachResultIsWrittenAtLeastOnceAndStateHasEachElementOnce() throws Exception {
    List<String> written = atLeastOnce("plain-sink", "--exactlyOnceSinks=false");

    assertThat(new HashSet<>(written)).isEqualTo(new HashSet<>(new Load().expected));
  }

  @Test
  void withAtLeastOnceCheckpointsEachElementHasAnEffectAtLeast() throws Exception {
    List<String> written = atLeastOnce("plain-mode", "--checkpointMode=AT_LEAST_ONCE");

    assertThat(written.stream().map(each -> each.split(" ")[2]))
        .containsAll(new Load().records.stream().map(Topic.Record::value).toList());
  }

  private static List<String> atLeastOnce(String job, String mode) throws Exception {
    Topic in = Topic.create(broker, job + "-in", PARTITIONS);
    Topic out = Topic.create(broker, job + "-out", PARTITIONS);
    in.send(new Load().records);

    LintelPipelineResult run = start(job, in, out, mode);
    JobRun.await(
        run,
        "every value is there",
        () ->
            out.committed().stream().map(each -> each.split(" ")[2]).distinct().count() == RECORDS);
    JobRun.stop(run);

    assertThat(Stumble.left(job + " behind")).isLessThanOrEqualTo(0);
    assertThat(out.transactionalIds("lintel/" + job)).isEmpty();
    return out.committed();
  }

  @Test
  void theLogNamesEachWriteThatIsReplaced() {
    Pipeline pipeline = writing("--dryRun=true", "--checkpointTimeoutMillis=4000");

    assertThat(logged(pipeline::run))
        .filteredOn(each -> each.contains("Writing to Kafka exactly once"))
        .singleElement()
        .asString()
        .contains("Write/")
        .contains("--exactlyOnceSinks");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--exactlyOnceSinks=false", "--checkpointMode=AT_LEAST_ONCE"})
  void theLogNamesNoneIfNoneIsReplaced(String option) {
    Pipeline pipeline = writing("--dryRun=true", option);

    assertThat(logged(pipeline::run))
        .noneMatch(each -> each.contains("Writing to Kafka exactly once"));
  }

  @Test
  void aTimeOutThatIsShorterThanTheTimeBetweenCheckpointsIsRefusedBeforeTheStart() {
    Pipeline pipeline =
        writing("--checkpointIntervalMillis=4000", "--checkpointTimeoutMillis=1001");

    assertThatThrownBy(pipeline::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "Expected transaction.timeout.ms to be at least 5001 (the time between checkpoints, 4000,")
        .hasMessageContaining("but it is 5000")
        .hasMessageContaining("(transform=Write/");
  }

  /** Nobody is there where it writes to: what is found is found before. */
  private static Pipeline writing(String... options) {
    Pipeline pipeline = JobRun.pipeline(folder, "never-runs", options);
    pipeline
        .apply(Create.of(KV.of("k", "v")))
        .apply(
            "Write",
            JobRun.write(broker, Topic.named(broker, "none"))
                .withBootstrapServers("localhost:1")
                .withProducerConfigUpdates(
                    Map.of(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 5_000)));
    return pipeline;
  }

  private static List<String> logged(Runnable action) {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            lines.add(new SimpleFormatter().formatMessage(record));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(KafkaWrites.class.getName());
    Level before = logger.getLevel();
    logger.setLevel(Level.INFO);
    logger.addHandler(handler);
    try {
      action.run();
    } finally {
      logger.removeHandler(handler);
      logger.setLevel(before);
    }
    return List.copyOf(lines);
  }
}
