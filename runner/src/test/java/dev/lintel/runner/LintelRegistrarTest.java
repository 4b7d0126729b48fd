package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.apache.beam.sdk.metrics.MetricsOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;
import org.junit.jupiter.api.Test;

/** A command line may have Lintel's options, and Beam validates the largest set last. */
class LintelRegistrarTest {
  @Test
  void everybodysOptionsAreNamedAndTheLargestComeLast() {
    List<Class<? extends PipelineOptions>> named = new ArrayList<>();
    new LintelRegistrar.Options().getPipelineOptions().forEach(named::add);
    for (PipelineOptionsRegistrar each : ServiceLoader.load(PipelineOptionsRegistrar.class)) {
      assertThat(named).containsAll(each.getPipelineOptions());
    }
    assertThat(named)
        .contains(AllLintelOptions.class)
        .isSortedAccordingTo((a, b) -> a.getMethods().length - b.getMethods().length);
    assertThat(PipelineOptionsFactory.getRegisteredOptions()).containsAll(named);
  }

  /** As the FlinkRunner's. */
  public interface OtherBundleSize extends PipelineOptions {
    long getMaxBundleSize();

    void setMaxBundleSize(long value);
  }

  @Test
  void whatOthersHaveIsLeftToThem() {
    assertThat(ContestedOptions.toRegister(List.of(OtherBundleSize.class)))
        .containsExactly(CheckpointDirOptions.class, LintelPipelineOptions.class);
  }

  @Test
  void aCommandLineMayNameTheSinkOfMetrics() {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs("--metricsPushPeriod=7", "--maxBundleSize=3").create();
    assertThat(options.as(MetricsOptions.class).getMetricsPushPeriod()).isEqualTo(7);
    assertThat(ContestedOptions.maxBundleSize(options)).isEqualTo(3);
  }
}
