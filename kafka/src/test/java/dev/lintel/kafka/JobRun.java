package dev.lintel.kafka;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.runner.LintelPipelineResult;
import dev.lintel.runner.job.SavepointException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Runs of jobs that read and write topics. */
final class JobRun {
  private static final long AWAIT_NANOS_MAX = 60_000_000_000L;
  private static final long BETWEEN_LOOKS_NANOS = 20_000_000;

  private JobRun() {}

  /**
   * A pipeline without transforms, whose job takes checkpoints as fast as it can.
   *
   * @param folder where the checkpoints of all jobs are
   * @param more options, such as {@code --parallelism=1}
   */
  static Pipeline pipeline(Path folder, String job, String... more) {
    Map<String, String> options = new HashMap<>();
    options.put("runner", "LintelRunner");
    options.put("jobName", job);
    options.put("parallelism", "2");
    options.put("maxBundleSize", "100");
    options.put("blockOnRun", "false");
    options.put("checkpointIntervalMillis", "100");
    options.put("checkpointTimeoutMillis", "60000");
    options.put("checkpointDir", folder.resolve("checkpoints").toString());
    options.put("restartStrategy", "exponential");
    options.put("restartDelayMillis", "10");
    options.put("controlPort", "-1");
    for (String each : more) {
      String[] option = each.substring(2).split("=", 2);
      options.put(option[0], option[1]);
    }
    String[] args =
        options.entrySet().stream()
            .map(each -> "--" + each.getKey() + "=" + each.getValue())
            .toArray(String[]::new);
    return Pipeline.create(PipelineOptionsFactory.fromArgs(args).create());
  }

  static KafkaIO.Read<String, String> read(KafkaBroker broker, Topic topic) {
    return KafkaIO.<String, String>read()
        .withBootstrapServers(broker.bootstrapServers())
        .withTopic(topic.name)
        .withKeyDeserializer(StringDeserializer.class)
        .withValueDeserializer(StringDeserializer.class)
        .withConsumerConfigUpdates(Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"));
  }

  static KafkaIO.Write<String, String> write(KafkaBroker broker, Topic topic) {
    return KafkaIO.<String, String>write()
        .withBootstrapServers(broker.bootstrapServers())
        .withTopic(topic.name)
        .withKeySerializer(StringSerializer.class)
        .withValueSerializer(StringSerializer.class);
  }

  static LintelPipelineResult start(Pipeline pipeline) {
    return (LintelPipelineResult) pipeline.run();
  }

  /**
   * Stops a job with a last checkpoint. If a failure gets in its way, the job goes on, and is
   * stopped again.
   */
  static void stop(LintelPipelineResult job) {
    while (job.getState() == State.RUNNING) {
      try {
        job.stop(null);
      } catch (SavepointException e) {
        if (!String.valueOf(e.getMessage()).contains("stumbled")) {
          throw e;
        }
      }
    }
  }

  /** Waits for something that a job does, as long as that runs. */
  static void await(LintelPipelineResult job, String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + AWAIT_NANOS_MAX;
    while (!condition.getAsBoolean()) {
      if (job.getState() != State.RUNNING) {
        job.waitUntilFinish();
        throw new AssertionError("Expected the job to run until " + what + ", but it has ended");
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("Expected that " + what + ", but it never was");
      }
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
  }
}
