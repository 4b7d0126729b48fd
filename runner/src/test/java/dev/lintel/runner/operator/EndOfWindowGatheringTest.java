package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.sideinput.Pane;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator.GatherView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gathering without state gives what Beam's {@code ReduceFnRunner} gives. */
class EndOfWindowGatheringTest {
  private static final int SEEDS = 60;
  private static final int STEPS = 80;

  @TempDir Path folder;

  /** An operator, and the panes that it has emitted. */
  private static final class Rig {
    final List<String> emitted = new ArrayList<>();
    final WatermarkHolds holds = new WatermarkHolds();
    final TaskMetrics metrics = new TaskMetrics();
    final StreamOperator operator;

    Rig(WindowingStrategy<?, ?> windowing, boolean bounded, SpillSpace spill) {
      OperatorContext context =
          TestContext.of(
              () -> new HeapStateBackend().open("test", new KeyGroupRange(0, 16), 16),
              holds,
              metrics,
              spill);
      operator = GatheringOperators.operator(gather(windowing, bounded), context, this::take);
      assertThat(operator)
          .isInstanceOf(bounded ? EndOfWindowGathering.class : GroupingOperator.class);
    }

    private void take(WindowedValue<?> pane) {
      emitted.add(
          ""
              + ((Pane.OfList) pane.getValue()).get()
              + pane.getTimestamp()
              + pane.getWindows()
              + pane.getPaneInfo());
    }

    void advanceTo(long watermarkMillis) {
      operator.advanceInputWatermark(watermarkMillis);
      while (operator.hasDueTimer()) {
        assertThat(operator.nextEventTimeMillis())
            .as("what has not fired holds the output watermark back")
            .isLessThan(watermarkMillis);
        operator.fireDueTimer();
      }
    }

    long dropped() {
      long sum = 0;
      for (MetricResult<Long> each : metrics.snapshot().results().allMetrics().getCounters()) {
        sum += each.getAttempted();
      }
      return sum;
    }
  }

  private static GatherView gather(WindowingStrategy<?, ?> windowing, boolean bounded) {
    Collection input = new Collection("in", "in", VarIntCoder.of(), windowing, bounded);
    Collection output = new Collection("out", "out", VarIntCoder.of(), windowing, bounded);
    return new GatherView("Gather", input, output, false);
  }

  @ParameterizedTest
  @CsvSource({"false, 1", "false, 1000000000", "true, 1", "true, 1000000000"})
  void emitsWhatReduceFnRunnerEmits(boolean global, long memoryBytes) {
    WindowingStrategy<?, ?> windowing =
        global
            ? WindowingStrategy.globalDefault()
            : WindowingStrategy.of(FixedWindows.of(Duration.millis(10)));
    long dropped = 0;
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "gathering-")) {
      for (long seed = 0; seed < SEEDS; seed++) {
        SpillSpace spill = new SpillSpace(new MemoryBudget(memoryBytes), directory);
        Rig own = new Rig(windowing, true, spill);
        Rig beam = new Rig(windowing, false, spill);
        play(new SplittableRandom(seed), global, own, beam);
        assertThat(own.emitted)
            .as("seed %d", seed)
            .isNotEmpty()
            .containsExactlyInAnyOrderElementsOf(beam.emitted);
        assertThat(own.dropped()).as("seed %d, dropped", seed).isEqualTo(beam.dropped());
        assertThat(own.operator.nextEventTimeMillis()).isEqualTo(Long.MAX_VALUE);
        dropped += own.dropped();
        own.operator.close();
      }
    }
    assertThat(dropped > 0).as("late elements were among the input").isEqualTo(!global);
  }

  private static void play(SplittableRandom random, boolean global, Rig own, Rig beam) {
    long watermark = 0;
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(6) == 0) {
        watermark += random.nextInt(15);
        own.advanceTo(watermark);
        beam.advanceTo(watermark);
      } else {
        WindowedValue<Integer> element =
            element(Math.max(0, watermark + random.nextInt(-25, 40)), step, global);
        own.operator.process(element, EncodedKey.EMPTY);
        beam.operator.process(element, EncodedKey.EMPTY);
      }
    }
    own.advanceTo(Timestamps.MAX_MILLIS);
    beam.advanceTo(Timestamps.MAX_MILLIS);
  }

  private static WindowedValue<Integer> element(long millis, int value, boolean global) {
    BoundedWindow window =
        global
            ? GlobalWindow.INSTANCE
            : new IntervalWindow(new Instant(millis / 10 * 10), Duration.millis(10));
    return WindowedValues.of(value, new Instant(millis), window, PaneInfo.NO_FIRING);
  }

  @Test
  void everyFiringOfAnotherTriggerIsAPane() {
    WindowingStrategy<?, ?> windowing =
        WindowingStrategy.of(FixedWindows.of(Duration.millis(10)))
            .withTrigger(Repeatedly.forever(AfterPane.elementCountAtLeast(2)))
            .withMode(WindowingStrategy.AccumulationMode.ACCUMULATING_FIRED_PANES);
    Rig rig =
        new Rig(
            windowing,
            false,
            new SpillSpace(
                new MemoryBudget(1 << 20), new SpillDirectory(new RunFolder(folder), "none-")));
    for (int i = 0; i < 4; i++) {
      rig.operator.process(element(5, i, false), EncodedKey.EMPTY);
    }
    assertThat(rig.emitted).hasSize(2);
    assertThat(rig.emitted.get(0)).startsWith("[0, 1]");
    assertThat(rig.emitted.get(1)).startsWith("[0, 1, 2, 3]");
  }

  @Test
  void otherCollectionsAreLeftToReduceFnRunner() {
    WindowingStrategy<?, ?> fixed = WindowingStrategy.of(FixedWindows.of(Duration.millis(10)));
    assertThat(handles(fixed, true)).isTrue();
    assertThat(handles(fixed, false)).isFalse();
    assertThat(handles(fixed.withTimestampCombiner(TimestampCombiner.EARLIEST), true)).isTrue();
    assertThat(handles(fixed.withAllowedLateness(Duration.millis(1)), true)).isFalse();
    assertThat(handles(fixed.withTrigger(AfterPane.elementCountAtLeast(1)), true)).isFalse();
    assertThat(handles(WindowingStrategy.of(Sessions.withGapDuration(Duration.millis(10))), true))
        .isFalse();
  }

  private static boolean handles(WindowingStrategy<?, ?> windowing, boolean bounded) {
    return EndOfWindowGathering.handles(gather(windowing, bounded).input());
  }
}
