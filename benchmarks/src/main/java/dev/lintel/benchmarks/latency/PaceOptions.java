package dev.lintel.benchmarks.latency;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** At which rate a pipeline whose latency is measured gets its elements. */
@Description("Options of the latency case.")
public interface PaceOptions extends PipelineOptions {

  @Description(
      "How many elements a second the source offers. Default: a part of the best rate of the"
          + " warm-up, whose runs offer as many as are taken.")
  @Nullable Double getOfferedPerSecond();

  void setOfferedPerSecond(@Nullable Double value);

  @Description(
      "How long a run at a given rate lasts. The first third is not measured, the rest should have"
          + " a few checkpoints.")
  @Default.Double(45)
  double getPacedSeconds();

  void setPacedSeconds(double value);
}
