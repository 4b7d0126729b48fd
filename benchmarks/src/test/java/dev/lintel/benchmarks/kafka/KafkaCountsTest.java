package dev.lintel.benchmarks.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.cases.WrongResultException;
import dev.lintel.benchmarks.kafka.KafkaCounts.Input;
import dev.lintel.benchmarks.run.CaseCatalog;
import dev.lintel.broker.KafkaBroker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases on Lintel, with a real broker, and what their reader finds. */
class KafkaCountsTest {
  @TempDir static Path folder;

  private static KafkaBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = KafkaBroker.start(folder);
    System.setProperty(KafkaCounts.BROKER_PROPERTY, broker.bootstrapServers());
  }

  @AfterAll
  static void stop() {
    System.clearProperty(KafkaCounts.BROKER_PROPERTY);
    broker.close();
  }

  @Test
  void countsExactlyOnce() {
    BenchmarkCase counts = CaseCatalog.named("kafka");
    Work work = Work.zipf(3_000, 100);
    double seconds = run(counts, work, "--readCommitted=true");
    assertThat(counts.check(work)).isEqualTo(101);
    assertThat(seconds).isPositive();
    // What was committed was written before.
    assertThat(counts.measures(work).get("seen/s"))
        .isPositive()
        .isLessThan(1.01 * work.elements() / seconds);
  }

  @Test
  void countsAtLeastOnce() {
    BenchmarkCase counts = CaseCatalog.named("kafka");
    Work work = Work.cyclic(3_000, 100);
    run(counts, work, "--exactlyOnceSinks=false");
    assertThat(counts.check(work)).isEqualTo(101);
  }

  @Test
  void measuresEachRecordThatCameAtTheRate() {
    BenchmarkCase latency = CaseCatalog.named("kafka-latency");
    Work work = Work.cyclic(3_000, 100);
    double seconds = run(latency, work, "--readCommitted=true");
    assertThat(latency.check(work)).isEqualTo(101);
    assertThat(latency.elements(work)).as("all but one of each key").isEqualTo(2_900);
    assertThat(seconds).isGreaterThan(2_900.0 / CountRun.RATE_PER_SECOND);
    Map<String, Double> measures = latency.measures(work);
    assertThat(measures.get("p50 ms")).isPositive().isLessThanOrEqualTo(measures.get("p99 ms"));
    assertThat(measures.get("p99.9 ms")).isLessThanOrEqualTo(measures.get("max ms"));
  }

  private static double run(BenchmarkCase benchmark, Work work, String... options) {
    benchmark.prepare(work);
    List<String> all =
        new ArrayList<>(
            List.of(
                "--runner=LintelRunner",
                "--parallelism=2",
                "--blockOnRun=false",
                "--controlPort=-1",
                "--checkpointIntervalMillis=100"));
    all.addAll(List.of(options));
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs(all.toArray(new String[0])).create());
    benchmark.build(pipeline, work);
    long start = System.nanoTime();
    return benchmark.secondsToEnd(pipeline.run(), start);
  }

  @Test
  void aCountThatComesTwiceIsWrong() {
    try (CountRun run = CountRun.prepare(Work.cyclic(4, 2), Input.LOADED)) {
      write(run, new long[][] {{0, 1}, {1, 1}, {0, 2}, {0, 2}, {1, 2}});
      assertThatThrownBy(() -> run.secondsToEnd(System.nanoTime(), () -> {}))
          .isInstanceOf(WrongResultException.class)
          .hasMessageContaining("2 came after 2")
          .hasMessageContaining("key=0");
    }
  }

  @Test
  void anUpdateThatIsMissingIsWrongUnlessUpdatesAreMerged() {
    try (CountRun run = CountRun.prepare(Work.cyclic(4, 2), Input.LOADED)) {
      write(run, new long[][] {{0, 1}, {0, 2}, {1, 2}});
      assertThatThrownBy(() -> run.secondsToEnd(System.nanoTime(), () -> {}))
          .isInstanceOf(WrongResultException.class)
          .hasMessageContaining("4 results")
          .hasMessageContaining("there are 3");
      run.everyUpdate(false);
      run.secondsToEnd(System.nanoTime(), () -> {});
      assertThat(run.check()).isEqualTo(2);
    }
  }

  @Test
  void aPipelineThatEndsEndsTheRun() {
    try (CountRun run = CountRun.prepare(Work.cyclic(4, 2), Input.LOADED)) {
      assertThatThrownBy(
              () ->
                  run.secondsToEnd(
                      System.nanoTime(),
                      () -> {
                        throw new IllegalStateException("it has failed");
                      }))
          .hasMessage("it has failed");
    }
  }

  // The flush waits for all of them.
  @SuppressWarnings("FutureReturnValueIgnored")
  private static void write(CountRun run, long[][] counts) {
    try (KafkaProducer<Long, Long> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, run.broker()),
            new LongSerializer(),
            new LongSerializer())) {
      for (long[] each : counts) {
        producer.send(new ProducerRecord<>(run.output(), each[0], each[1]));
      }
      producer.flush();
    }
  }
}
