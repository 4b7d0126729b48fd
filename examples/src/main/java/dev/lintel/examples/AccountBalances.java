package dev.lintel.examples;

import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.Validation;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Keeps the balances of accounts in a PostgreSQL database, from transfers that come in through a
 * Kafka topic ({@link Transfer}): the {@code account-balances} example. It runs until it is
 * stopped, and may be killed at any time: each transfer counts once.
 *
 * <p>A runner that goes on from a checkpoint gives a sink some of its elements again. There are two
 * ways to count them once all the same, and {@code --mode} chooses:
 *
 * <ul>
 *   <li>{@code offsets} ({@link ApplyTransfers}): the database keeps the balances, and in the same
 *       transaction how far the topic has been applied. What comes again is skipped. A reader of
 *       the database sees all of a transfer or nothing of it.
 *   <li>{@code versions} ({@link KeepBalances}): the pipeline keeps the balances in its state, and
 *       writes each with a version that grows with every change: a row is replaced by a newer one
 *       only. Nothing has to be read from the database, and no offset be known; but the two sides
 *       of a transfer are written apart, and after a restart rows may stand still until the
 *       pipeline has caught up with them.
 * </ul>
 */
public final class AccountBalances {
  private AccountBalances() {}

  /** How transfers that come again are kept from counting twice. */
  public enum Mode {
    /** With the offsets of the input in the transaction. */
    offsets,
    /** With a version in each row. */
    versions
  }

  /** The options of this pipeline. */
  public interface Options extends PipelineOptions {
    @Description("The Kafka brokers: host:port, several with commas between them.")
    @Default.String("localhost:9092")
    String getBootstrapServers();

    void setBootstrapServers(String value);

    @Description("The topic to read: values such as 'anna ben 1250'.")
    @Validation.Required
    String getInputTopic();

    void setInputTopic(String value);

    @Description(
        "The database, such as jdbc:postgresql://localhost/bank?user=me. The tables balances and"
            + " applied_offsets are created in it if they are not there.")
    @Validation.Required
    String getDatabaseUrl();

    void setDatabaseUrl(String value);

    @Description(
        "How each transfer is counted once: offsets (of the input, in the same transaction) or versions (of"
            + " the rows).")
    @Default.Enum("offsets")
    Mode getMode();

    void setMode(Mode value);
  }

  public static void main(String[] args) {
    PipelineOptionsFactory.register(Options.class);
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    AccountDatabase database = new AccountDatabase(options.getDatabaseUrl());
    Pipeline pipeline = Pipeline.create(options);
    PCollection<KafkaRecord<String, String>> transfers =
        pipeline.apply("ReadTransfers", read(options));
    switch (options.getMode()) {
      case offsets -> transfers.apply("ApplyTransfers", ParDo.of(new ApplyTransfers(database)));
      case versions ->
          transfers
              .apply("IntoPostings", ParDo.of(new KeepBalances.IntoPostings()))
              .apply("KeepBalances", ParDo.of(new KeepBalances(database)));
    }
    database.createTables();
    pipeline.run().waitUntilFinish();
  }

  private static KafkaIO.Read<String, String> read(Options options) {
    return KafkaIO.<String, String>read()
        .withBootstrapServers(options.getBootstrapServers())
        .withTopic(options.getInputTopic())
        .withKeyDeserializer(StringDeserializer.class)
        .withValueDeserializer(StringDeserializer.class)
        .withConsumerConfigUpdates(Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"));
  }
}
