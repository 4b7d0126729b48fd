package dev.lintel.kafka;

import dev.lintel.runner.sink.SinkReplacement;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.runners.PTransformOverride;

/** Replaces the writers of {@code KafkaIO}, if that is on the class path at all. */
public final class KafkaSinkReplacement implements SinkReplacement {
  @Override
  public List<PTransformOverride> replacements(
      Pipeline pipeline, Checkpoints checkpoints, boolean allowLostTransactions) {
    return hasKafkaIo()
        ? KafkaWrites.find(pipeline, checkpoints, allowLostTransactions).replacements()
        : List.of();
  }

  @Override
  public void loadAhead() {
    if (hasKafkaIo()) {
      KafkaClasses.load();
    }
  }

  private static boolean hasKafkaIo() {
    try {
      Class.forName(
          "org.apache.beam.sdk.io.kafka.KafkaIO",
          false,
          KafkaSinkReplacement.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }
}
