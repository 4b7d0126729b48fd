package dev.lintel.kafka;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** The options of exactly-once writes to Kafka. */
@Description("Options of Lintel's exactly-once writes to Kafka.")
public interface KafkaSinkOptions extends PipelineOptions {
  @Description(
      "Go on without the records of transactions that the broker has aborted before they could be"
          + " committed, because the job was down for longer than their time-out. Otherwise such a job"
          + " does not start.")
  @Default.Boolean(false)
  boolean isAllowLostKafkaTransactions();

  void setAllowLostKafkaTransactions(boolean value);
}
