package dev.lintel.runner.operator;

import dev.lintel.translation.PipelineTranslator;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Stage;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;

/** Operators as the translator makes them of a pipeline. */
final class Plans {
  private Plans() {}

  /** The operator of that kind and transform. */
  static <T extends Operator> T operator(
      Class<T> type, String transform, Consumer<Pipeline> pipeline) {
    Pipeline empty =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--runner=" + CrashingRunner.class.getName()).create());
    pipeline.accept(empty);
    for (Stage stage : PipelineTranslator.translate(empty).stages()) {
      for (Operator each : stage.operators()) {
        if (type.isInstance(each) && each.transform().startsWith(transform)) {
          return type.cast(each);
        }
      }
    }
    throw new IllegalArgumentException("Expected a " + type + " of " + transform);
  }
}
