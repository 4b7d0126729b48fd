package dev.lintel.kafka;

import java.util.List;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;

/** Makes {@link KafkaSinkOptions} known to Beam. */
public final class KafkaSinkRegistrar implements PipelineOptionsRegistrar {
  @Override
  public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
    return List.of(KafkaSinkOptions.class);
  }
}
