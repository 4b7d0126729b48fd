package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import java.nio.file.Path;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowingStrategy;

/** A grouping operator of ours with its own state, driven as its task drives it. */
final class DrivenOperator extends DrivenGrouping {
  private static final int MAX_PARALLELISM = 16;

  /** Only bounded input is spilled. */
  static final SpillSpace SPILL =
      new SpillSpace(
          new MemoryBudget(1 << 20), new SpillDirectory(new RunFolder(Path.of("never-made")), "x"));

  private final WatermarkHolds holds = new WatermarkHolds();
  private final TaskMetrics metrics = new TaskMetrics();
  private final KeyEncoder encoder = new KeyEncoder(KEY_CODER, "in");
  private final StreamOperator operator;
  private final int timersPerBundle;
  private long inputWatermarkMillis = Timestamps.MIN_MILLIS;
  private long outputWatermarkMillis = Timestamps.MIN_MILLIS;

  /** Makes the running operator. */
  interface Maker {
    StreamOperator make(Operator spec, OperatorContext context, Output output);
  }

  /**
   * @param timersPerBundle so many fire before the output watermark may move
   */
  DrivenOperator(
      WindowingStrategy<?, ?> windowing, boolean combining, Maker maker, int timersPerBundle) {
    this.timersPerBundle = timersPerBundle;
    TaskState state =
        new HeapStateBackend().open("test", new KeyGroupRange(0, MAX_PARALLELISM), MAX_PARALLELISM);
    OperatorContext context = TestContext.of(() -> state, holds, metrics, SPILL);
    operator = maker.make(spec(windowing, combining), context, this::take);
  }

  private static Operator spec(WindowingStrategy<?, ?> windowing, boolean combining) {
    Collection input = new Collection("in", "in", INPUT_CODER, windowing, false);
    Collection output = new Collection("out", "out", StringUtf8Coder.of(), windowing, false);
    return combining
        ? new Operator.CombinePerKey("Group", new Collect(), ACCUMULATOR_CODER, input, output)
        : new Operator.GroupByKey("Group", input, output);
  }

  StreamOperator operator() {
    return operator;
  }

  @Override
  void process(WindowedValue<KV<String, Integer>> element) {
    operator.process(element, encoder.encode(element.getValue().getKey()));
    moveOutputWatermark();
  }

  @Override
  void advanceWatermark(long millis) {
    inputWatermarkMillis = millis;
    operator.advanceInputWatermark(millis);
  }

  @Override
  void advanceProcessingTime(long millis) {
    operator.advanceProcessingTime(millis, millis);
  }

  @Override
  void fire() {
    int fired = 0;
    while (operator.hasDueTimer()) {
      operator.fireDueTimer();
      if (++fired % timersPerBundle == 0) {
        moveOutputWatermark();
      }
    }
    moveOutputWatermark();
  }

  /** As the task does it at the end of a bundle, after it has asked for due timers. */
  private void moveOutputWatermark() {
    boolean unused = operator.hasDueTimer();
    long watermark = Math.min(inputWatermarkMillis, holds.min());
    watermark = Math.min(watermark, operator.nextEventTimeMillis());
    if (watermark > outputWatermarkMillis) {
      outputWatermarkMillis = watermark;
      operator.advanceOutputWatermark(watermark);
    }
  }

  @Override
  long outputWatermarkMillis() {
    return outputWatermarkMillis;
  }

  @Override
  long dropped() {
    return counted(metrics);
  }

  void assertNothingIsLeft(String what) {
    assertThat(holds.count()).as(what).isZero();
    assertThat(operator.nextEventTimeMillis()).as(what).isEqualTo(Long.MAX_VALUE);
    if (operator instanceof KeyedOperator keyed) {
      assertThat(keyed.timers.isEmpty()).as(what).isTrue();
    }
  }
}
