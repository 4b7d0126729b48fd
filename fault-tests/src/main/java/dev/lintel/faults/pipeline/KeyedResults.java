package dev.lintel.faults.pipeline;

import dev.lintel.faults.input.Rates;
import dev.lintel.faults.input.Text;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.joda.time.Duration;

/**
 * The pipeline that is killed: Kafka to Kafka. What it writes is determined by what it reads, so
 * that an effect that is lost and one that comes twice both show:
 *
 * <ul>
 *   <li>for each event, its place in the sequence of its key, from state;
 *   <li>for each key and stretch of event time, which events were there, by a timer;
 *   <li>for each session of a key, which events it has;
 *   <li>for each event, the rate that was valid, from a side input.
 * </ul>
 */
public final class KeyedResults {
  public static final Duration SESSION_GAP = Duration.millis(1_500);

  private KeyedResults() {}

  /** The options of this pipeline. */
  public interface Options extends PipelineOptions {
    @Description("The Kafka brokers.")
    @Validation.Required
    String getBootstrapServers();

    void setBootstrapServers(String value);

    @Description("The topic with the events.")
    @Validation.Required
    String getEventsTopic();

    void setEventsTopic(String value);

    @Description("The topic with the rates.")
    @Validation.Required
    String getRatesTopic();

    void setRatesTopic(String value);

    @Description("The topic to write to.")
    @Validation.Required
    String getResultsTopic();

    void setResultsTopic(String value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<KV<String, String>> input =
        pipeline.apply("ReadEvents", read(options, options.getEventsTopic()));
    PCollection<KV<String, String>> events =
        input.apply("OnlyEvents", Filter.by(each -> Text.isEvent(each.getValue())));
    PCollection<KV<String, String>> sequence =
        input.apply("SequencePerKey", ParDo.of(new SequencePerKey()));
    PCollection<KV<String, String>> sessions =
        events
            .apply("IntoSessions", Window.into(Sessions.withGapDuration(SESSION_GAP)))
            .apply("GroupSessions", GroupByKey.create())
            .apply("DescribeSessions", ParDo.of(new DescribeSession()))
            .apply("OutOfSessions", Window.into(new GlobalWindows()));
    PCollectionList.of(sequence)
        .and(sessions)
        .and(withRates(pipeline, events, options))
        .apply("AllResults", Flatten.pCollections())
        .apply(
            "WriteResults",
            KafkaIO.<String, String>write()
                .withBootstrapServers(options.getBootstrapServers())
                .withTopic(options.getResultsTopic())
                .withKeySerializer(StringSerializer.class)
                .withValueSerializer(StringSerializer.class)
                .withProducerFactoryFn(HaltingProducer::new));
    pipeline.run().waitUntilFinish();
  }

  private static PCollection<KV<String, String>> withRates(
      Pipeline pipeline, PCollection<KV<String, String>> events, Options options) {
    FixedWindows stretches = FixedWindows.of(Duration.millis(Rates.VALID_MILLIS));
    PCollectionView<String> rates =
        pipeline
            .apply("ReadRates", read(options, options.getRatesTopic()))
            .apply("TakeRates", Values.create())
            .apply("RatesIntoStretches", Window.into(stretches))
            .apply("RateOfStretch", View.asSingleton());
    return events
        .apply("EventsIntoStretches", Window.into(stretches))
        .apply("JoinRates", ParDo.of(new JoinRate()).withSideInput(JoinRate.RATE, rates))
        .apply("OutOfStretches", Window.into(new GlobalWindows()));
  }

  private static PTransform<PBegin, PCollection<KV<String, String>>> read(
      Options options, String topic) {
    return KafkaIO.<String, String>read()
        .withBootstrapServers(options.getBootstrapServers())
        .withTopic(topic)
        .withKeyDeserializer(StringDeserializer.class)
        .withValueDeserializer(StringDeserializer.class)
        .withConsumerConfigUpdates(Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))
        .withTimestampPolicyFactory(EventTimes.factory())
        .withoutMetadata();
  }
}
