package dev.lintel.runner;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;
import org.apache.beam.sdk.runners.PipelineRunnerRegistrar;

/** Makes {@code --runner=LintelRunner} and its options known to Beam. */
public final class LintelRegistrar {
  private LintelRegistrar() {}

  /** Registers the runner. */
  public static final class Runner implements PipelineRunnerRegistrar {
    @Override
    public Iterable<Class<? extends PipelineRunner<?>>> getPipelineRunners() {
      WarmUp.beginIfNamed();
      return List.of(LintelRunner.class);
    }
  }

  /** Registers the options. */
  public static final class Options implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      List<Class<? extends PipelineOptions>> options =
          new ArrayList<>(ContestedOptions.uncontested());
      options.add(LintelPipelineOptions.class);
      // Beam leaves it to runners whether a command line may have --metricsSink and its like.
      options.add(MetricsOptions.class);
      return options;
    }
  }
}
