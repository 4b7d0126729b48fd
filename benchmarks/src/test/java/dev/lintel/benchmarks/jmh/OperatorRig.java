package dev.lintel.benchmarks.jmh;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.operator.JobPlace;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.runner.operator.OperatorContext;
import dev.lintel.runner.operator.OperatorFactory;
import dev.lintel.runner.operator.Output;
import dev.lintel.runner.operator.StreamOperator;
import dev.lintel.runner.sideinput.RestoredPanes;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.splittable.Slice;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.RocksDbStateBackend;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.PipelineTranslator;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;

/**
 * One operator as the translator and the factory make it of a pipeline, alone, with RocksDB below:
 * as in a job that takes checkpoints.
 */
final class OperatorRig implements AutoCloseable {
  private static final int MAX_PARALLELISM = 128;
  private static final long MEMORY_BYTES = 512 << 20;

  final StreamOperator operator;
  private final RocksDbStateBackend backend;
  private final TaskState state;
  private final SpillDirectory spill;

  /**
   * @param type of the operator
   * @param transform what its name begins with
   * @param output where all that it emits goes
   */
  OperatorRig(
      Class<? extends Operator> type, String transform, Consumer<Pipeline> pipeline, Output output)
      throws IOException {
    Path directory = Files.createTempDirectory("jmh-operator-");
    backend = new RocksDbStateBackend(directory.resolve("state"), MEMORY_BYTES, System::nanoTime);
    state = backend.open("task", new KeyGroupRange(0, MAX_PARALLELISM), MAX_PARALLELISM);
    spill = new SpillDirectory(new RunFolder(directory), "spill");
    Operator spec = spec(type, transform, pipeline);
    operator =
        OperatorFactory.operator(
            spec,
            context(new SpillSpace(new MemoryBudget(MEMORY_BYTES), spill)),
            spec.outputs().stream().collect(Collectors.toMap(each -> each.id(), each -> output)));
    operator.open();
  }

  private static Operator spec(
      Class<? extends Operator> type, String transform, Consumer<Pipeline> pipeline) {
    Pipeline empty =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs("--runner=" + CrashingRunner.class.getName()).create());
    pipeline.accept(empty);
    for (Stage stage : PipelineTranslator.translate(empty).stages()) {
      for (Operator each : stage.operators()) {
        if (type.isInstance(each) && each.transform().startsWith(transform)) {
          return each;
        }
      }
    }
    throw new IllegalArgumentException("Expected a " + type + " of " + transform);
  }

  private OperatorContext context(SpillSpace space) {
    return new OperatorContext(
        PipelineOptionsFactory.create(),
        () -> state,
        new WatermarkHolds(),
        new TaskMetrics(),
        space,
        EncodedKey.EMPTY,
        new Slice.Limits(() -> 0, 1, 1),
        true,
        new JobPlace("job", "life", 0, 1),
        new RestoredPanes(space),
        KeptGears.NONE,
        failure -> {});
  }

  /** {@code count} elements of the keys 0, 1, 2…, each with the value 1. */
  static WindowedValue<?>[] keyed(int count) {
    WindowedValue<?>[] elements = new WindowedValue<?>[count];
    for (int i = 0; i < count; i++) {
      elements[i] = WindowedValues.valueInGlobalWindow(KV.of((long) i, 1L));
    }
    return elements;
  }

  static KeyEncoder keyEncoder() {
    return new KeyEncoder(VarLongCoder.of(), "keys");
  }

  @Override
  public void close() {
    operator.close();
    state.close();
    backend.close();
    spill.close();
  }
}
