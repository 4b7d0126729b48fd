package dev.lintel.examples;

import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.ProducerRecordCoder;
import org.apache.beam.sdk.io.kafka.TimestampPolicyFactory;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.joda.time.Duration;

/**
 * Counts the words that come in through a Kafka topic for each span of time, and writes the counts
 * to another topic: the {@code kafka-wordcount} example. It runs until it is stopped, unless {@code
 * --maxRecords} says otherwise.
 *
 * <p>A record of the output has the word as its key, the count as its value, and the beginning of
 * the window as its time.
 */
public final class KafkaWordCount {
  private KafkaWordCount() {}

  /** Where to begin in a topic. */
  public enum Start {
    /** With the oldest record that is there. */
    earliest,
    /** With what comes after the start of the pipeline. */
    latest
  }

  /** The options of this pipeline. */
  public interface Options extends PipelineOptions {
    @Description("The Kafka brokers: host:port, several with commas between them.")
    @Default.String("localhost:9092")
    String getBootstrapServers();

    void setBootstrapServers(String value);

    @Description("The topic to read. The values of its records are text.")
    @Validation.Required
    String getInputTopic();

    void setInputTopic(String value);

    @Description("The topic to write.")
    @Validation.Required
    String getOutputTopic();

    void setOutputTopic(String value);

    @Description("Where to begin in the input topic: earliest or latest.")
    @Default.Enum("earliest")
    Start getStartAt();

    void setStartAt(Start value);

    @Description("The length of a window in seconds.")
    @Default.Integer(60)
    int getWindowSeconds();

    void setWindowSeconds(int value);

    @Description("How many seconds a record may come after one with a later time.")
    @Default.Integer(5)
    int getMaxDelaySeconds();

    void setMaxDelaySeconds(int value);

    @Description("End after so many records. Default: run until stopped.")
    @Default.Long(Long.MAX_VALUE)
    long getMaxRecords();

    void setMaxRecords(long value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    Duration windowLength = Duration.standardSeconds(options.getWindowSeconds());
    pipeline
        .apply("ReadRecords", read(options))
        .apply("TakeTexts", Values.create())
        .apply("IntoWindows", Window.into(FixedWindows.of(windowLength)))
        .apply("CountWords", new CountWords())
        .apply("ToRecords", ParDo.of(new ToRecord(options.getOutputTopic())))
        .setCoder(ProducerRecordCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()))
        .apply(
            "WriteCounts",
            KafkaIO.<String, String>writeRecords()
                .withBootstrapServers(options.getBootstrapServers())
                .withTopic(options.getOutputTopic())
                .withKeySerializer(StringSerializer.class)
                .withValueSerializer(StringSerializer.class));
    pipeline.run().waitUntilFinish();
  }

  private static PTransform<PBegin, PCollection<KV<String, String>>> read(Options options) {
    return KafkaIO.<String, String>read()
        .withBootstrapServers(options.getBootstrapServers())
        .withTopic(options.getInputTopic())
        .withKeyDeserializer(StringDeserializer.class)
        .withValueDeserializer(StringDeserializer.class)
        .withConsumerConfigUpdates(
            Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, options.getStartAt().name()))
        .withTimestampPolicyFactory(
            TimestampPolicyFactory.withCreateTime(
                Duration.standardSeconds(options.getMaxDelaySeconds())))
        .withMaxNumRecords(options.getMaxRecords())
        .withoutMetadata();
  }

  /** The output record of a count. */
  private static final class ToRecord
      extends DoFn<KV<String, Long>, ProducerRecord<String, String>> {
    private static final long serialVersionUID = 1L;

    private final String topic;

    ToRecord(String topic) {
      this.topic = topic;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Long> count,
        BoundedWindow window,
        OutputReceiver<ProducerRecord<String, String>> records) {
      long begin = ((IntervalWindow) window).start().getMillis();
      records.output(
          new ProducerRecord<>(
              topic, null, begin, count.getKey(), String.valueOf(count.getValue())));
    }
  }
}
