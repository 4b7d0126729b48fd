package dev.lintel.benchmarks.streams;

import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.kafka.CountRun;
import dev.lintel.benchmarks.kafka.KafkaCounts;
import dev.lintel.benchmarks.run.MeasuredRun;
import dev.lintel.benchmarks.run.RunArguments;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The program of a run on Kafka Streams: two threads, counts in RocksDB with a changelog, {@code
 * --guarantee} as it says, commits as often as it does by default (exactly-once: every 100 ms), and
 * with {@code --cache=true} its default cache, which merges updates until a commit.
 */
public final class StreamsCounts implements MeasuredRun.Workload {
  private static final int THREADS = 2;

  private CountRun run;

  private StreamsCounts() {}

  public static void main(String[] args) {
    MeasuredRun.main(args, new StreamsCounts());
  }

  @Override
  public double run(RunArguments arguments, Work work) {
    boolean cache = Boolean.parseBoolean(arguments.option("cache", "false"));
    if (run != null) {
      run.close();
    }
    run = CountRun.prepare(work, KafkaCounts.inputOf(arguments.caseName()));
    run.readCommitted(Boolean.parseBoolean(arguments.option("readCommitted", "false")));
    run.everyUpdate(!cache);
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(run.input(), Consumed.with(Serdes.Long(), Serdes.Long()))
        .groupByKey(Grouped.with(Serdes.Long(), Serdes.Long()))
        .count(
            Materialized.<Long, Long, KeyValueStore<Bytes, byte[]>>as("counts")
                .withKeySerde(Serdes.Long())
                .withValueSerde(Serdes.Long()))
        .toStream()
        .to(run.output(), Produced.with(Serdes.Long(), Serdes.Long()));
    long start = System.nanoTime();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (KafkaStreams streams = new KafkaStreams(builder.build(), properties(arguments, cache))) {
      streams.setUncaughtExceptionHandler(
          e -> {
            failure.set(e);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
          });
      streams.start();
      return run.secondsToEnd(
          start,
          () -> {
            if (failure.get() != null) {
              throw new IllegalStateException("Kafka Streams failed", failure.get());
            }
          });
    }
  }

  private Properties properties(RunArguments arguments, boolean cache) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, run.id());
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, run.broker());
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, THREADS);
    properties.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG, arguments.option("guarantee", "exactly_once_v2"));
    properties.put(
        StreamsConfig.STATE_DIR_CONFIG,
        Path.of(System.getProperty("java.io.tmpdir"), "streams").toString());
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    if (!cache) {
      properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
    }
    return properties;
  }

  @Override
  public int check(RunArguments arguments, Work work) {
    return run.check();
  }

  @Override
  public long elements(RunArguments arguments, Work work) {
    return run.timed();
  }

  @Override
  public Map<String, Double> measures(RunArguments arguments, Work work) {
    return run.measures();
  }
}
