package dev.lintel.runner;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;
import org.apache.beam.sdk.runners.PipelineRunnerRegistrar;
import org.apache.beam.sdk.util.common.ReflectHelpers;

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

  /**
   * Registers the options together with everybody else's, the smallest first.
   *
   * <p>Beam validates each set of options with all that are registered already, which takes the
   * longer the more methods these have; and it begins with Lintel's, as it goes by the names of the
   * registrars' classes. What it finds registered when it comes to the others costs nothing.
   */
  public static final class Options implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      List<Class<? extends PipelineOptions>> options = new ArrayList<>();
      // By the class loader that Beam finds them with.
      for (PipelineOptionsRegistrar each :
          ReflectHelpers.loadServicesOrdered(PipelineOptionsRegistrar.class)) {
        if (!(each instanceof Options)) {
          for (Class<? extends PipelineOptions> theirs : each.getPipelineOptions()) {
            options.add(theirs);
          }
        }
      }
      options.addAll(ContestedOptions.toRegister(options));
      options.sort(new BySize());
      return options;
    }
  }

  /** No lambda: a start would have to generate its class. */
  private static final class BySize implements Comparator<Class<?>> {
    @Override
    public int compare(Class<?> one, Class<?> other) {
      return Integer.compare(one.getMethods().length, other.getMethods().length);
    }
  }
}
