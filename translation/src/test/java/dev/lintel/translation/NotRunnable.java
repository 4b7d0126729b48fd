package dev.lintel.translation;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** A runner that runs nothing: Beam wants one before it lets a pipeline be built. */
public final class NotRunnable extends PipelineRunner<PipelineResult> {
  /** Called by Beam through reflection. */
  public static NotRunnable fromOptions(PipelineOptions options) {
    return new NotRunnable();
  }

  /** An empty pipeline to translate. */
  static Pipeline pipeline(String... arguments) {
    PipelineOptions options = PipelineOptionsFactory.fromArgs(arguments).create();
    options.setRunner(NotRunnable.class);
    options.setStableUniqueNames(PipelineOptions.CheckEnabled.OFF);
    return Pipeline.create(options);
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    throw new UnsupportedOperationException("Expected a translation only, but was asked to run");
  }
}
