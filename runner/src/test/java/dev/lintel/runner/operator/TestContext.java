package dev.lintel.runner.operator;

import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.sideinput.RestoredPanes;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.splittable.Slice;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HoldListener;
import dev.lintel.state.TaskState;
import java.util.function.Supplier;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** The context of an operator that runs alone. */
final class TestContext {
  static final JobPlace PLACE = new JobPlace("job", "life", 0, 1);

  private TestContext() {}

  static OperatorContext of(
      Supplier<TaskState> state, HoldListener holds, TaskMetrics metrics, SpillSpace spill) {
    return new OperatorContext(
        PipelineOptionsFactory.create(),
        state,
        holds,
        metrics,
        spill,
        EncodedKey.EMPTY,
        new Slice.Limits(() -> 0, 1, 1),
        false,
        PLACE,
        new RestoredPanes(spill),
        KeptGears.NONE,
        failure -> {});
  }
}
