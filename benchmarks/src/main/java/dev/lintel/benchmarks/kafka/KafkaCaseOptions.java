package dev.lintel.benchmarks.kafka;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** What differs between the peers of the cases with Kafka, beside the options of their runners. */
@Description("Options of the cases with Kafka.")
public interface KafkaCaseOptions extends PipelineOptions {

  @Description("Whether results are read when they are committed, or as soon as they are written.")
  @Default.Boolean(false)
  boolean isReadCommitted();

  void setReadCommitted(boolean value);

  @Description(
      "Whether they are written by Beam's own exactly-once sink, KafkaIO.write().withEOS().")
  @Default.Boolean(false)
  boolean isEosSink();

  void setEosSink(boolean value);
}
