package dev.lintel.benchmarks.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;

/** The case as a Beam pipeline, which runs until it is cancelled. */
final class CountPipeline {
  private CountPipeline() {}

  static void build(Pipeline pipeline, CountRun run) {
    KafkaCaseOptions options = pipeline.getOptions().as(KafkaCaseOptions.class);
    run.readCommitted(options.isReadCommitted());
    KafkaIO.Write<Long, Long> write =
        KafkaIO.<Long, Long>write()
            .withBootstrapServers(run.broker())
            .withTopic(run.output())
            .withKeySerializer(LongSerializer.class)
            .withValueSerializer(LongSerializer.class);
    pipeline
        .apply(
            "Read",
            KafkaIO.<Long, Long>read()
                .withBootstrapServers(run.broker())
                .withTopic(run.input())
                .withKeyDeserializerAndCoder(LongDeserializer.class, VarLongCoder.of())
                .withValueDeserializerAndCoder(LongDeserializer.class, VarLongCoder.of())
                .withConsumerConfigUpdates(
                    Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))
                .withoutMetadata())
        .apply("Count", ParDo.of(new CountUpdatesFn()))
        .apply(
            "Write", options.isEosSink() ? write.withEOS(Topics.PARTITIONS, run.output()) : write);
  }

  /** Waits until all results were seen, and cancels the pipeline. */
  static double secondsToEnd(PipelineResult result, CountRun run, long startNanos) {
    double seconds =
        run.secondsToEnd(
            startNanos,
            () -> {
              if (result.getState().isTerminal()) {
                // Throws what it failed with.
                result.waitUntilFinish();
                throw new IllegalStateException(
                    "Expected the pipeline to run until it is cancelled, but it is "
                        + result.getState());
              }
            });
    try {
      result.cancel();
    } catch (IOException e) {
      throw new UncheckedIOException("Could not cancel the pipeline", e);
    }
    return seconds;
  }

  /** Gives out how many elements of its key there were, with each of them. */
  private static final class CountUpdatesFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("count") ValueState<Long> count,
        OutputReceiver<KV<Long, Long>> output) {
      Long before = count.read();
      long now = before == null ? 1 : before + 1;
      count.write(now);
      output.output(KV.of(element.getKey(), now));
    }
  }
}
