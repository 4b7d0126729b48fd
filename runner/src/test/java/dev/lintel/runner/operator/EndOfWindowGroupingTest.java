package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.GroupingState;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The short way of grouping gives what Beam's {@code ReduceFnRunner} gives, for random input, late
 * and out of order.
 */
class EndOfWindowGroupingTest {
  private static final int SEEDS = 150;
  private static final int STEPS = 60;
  private static final Coder<String> KEY_CODER = StringUtf8Coder.of();

  /** An operator with its own state, and what it has emitted. */
  private static final class Rig {
    final List<String> emitted = new ArrayList<>();
    final WatermarkHolds holds = new WatermarkHolds();
    final TaskMetrics metrics = new TaskMetrics();
    final StreamOperator operator;

    Rig(WindowingStrategy<?, ?> windowing, boolean shortWay) {
      TaskState state = new HeapStateBackend().open("test", new KeyGroupRange(0, 16), 16);
      OperatorContext context =
          new OperatorContext(
              PipelineOptionsFactory.create(),
              () -> state,
              holds,
              metrics,
              new SpillSpace(new MemoryBudget(0), new SpillDirectory(Path.of("unused"), "")),
              EncodedKey.EMPTY,
              failure -> {});
      Collection input =
          new Collection("in", "in", KvCoder.of(KEY_CODER, VarIntCoder.of()), windowing, true);
      operator = shortWay ? shortWay(input, context) : viaReduceFnRunner(input, context);
    }

    @SuppressWarnings("unchecked")
    private StreamOperator shortWay(Collection input, OperatorContext context) {
      Coder<Object> values = (Coder<Object>) (Coder<?>) VarIntCoder.of();
      StateTag<? extends GroupingState<Object, Object>> tag =
          (StateTag<? extends GroupingState<Object, Object>>)
              (StateTag<?>) StateTags.bag("values", values);
      return new EndOfWindowGrouping(
          "Group", input, (Coder<Object>) (Coder<?>) KEY_CODER, tag, context, this::take);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private StreamOperator viaReduceFnRunner(Collection input, OperatorContext context) {
      SystemReduceFn buffering = SystemReduceFn.buffering((Coder) VarIntCoder.of());
      return new GroupingOperator(
          "Group",
          input,
          new GroupingOperator.Grouping(KEY_CODER, buffering, true),
          context,
          this::take);
    }

    private void take(WindowedValue<?> pane) {
      KV<?, ?> kv = (KV<?, ?>) pane.getValue();
      List<Integer> values =
          StreamSupport.stream(((Iterable<?>) kv.getValue()).spliterator(), false)
              .map(value -> (Integer) value)
              .sorted()
              .toList();
      emitted.add(
          "" + kv.getKey() + values + pane.getTimestamp() + pane.getWindows() + pane.getPaneInfo());
    }

    void process(WindowedValue<KV<String, Integer>> element) {
      try {
        operator.process(
            element,
            new EncodedKey(
                CoderUtils.encodeToByteArray(
                    KEY_CODER, element.getValue().getKey(), Coder.Context.NESTED)));
      } catch (CoderException e) {
        throw new IllegalStateException(e);
      }
    }

    void advanceTo(long watermarkMillis) {
      operator.advanceInputWatermark(watermarkMillis);
      while (operator.hasDueTimer()) {
        operator.fireDueTimer();
      }
      operator.advanceOutputWatermark(Math.min(watermarkMillis, holds.min()));
    }

    long dropped() {
      long sum = 0;
      for (MetricResult<Long> each : metrics.snapshot().results().allMetrics().getCounters()) {
        sum += each.getAttempted();
      }
      return sum;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"fixed", "sliding", "global"})
  void emitsWhatReduceFnRunnerEmits(String kind) {
    WindowFn<Object, ?> windowFn =
        switch (kind) {
          case "fixed" -> FixedWindows.of(Duration.millis(10));
          case "sliding" -> SlidingWindows.of(Duration.millis(30)).every(Duration.millis(10));
          default -> new GlobalWindows();
        };
    WindowingStrategy<Object, ?> windowing = WindowingStrategy.of(windowFn);
    assertThat(EndOfWindowGrouping.handles(windowing)).isTrue();
    int panes = 0;
    long dropped = 0;
    for (long seed = 0; seed < SEEDS; seed++) {
      Rig own = new Rig(windowing, true);
      Rig beam = new Rig(windowing, false);
      play(new SplittableRandom(seed), windowFn, own, beam, "seed " + seed + ", " + kind);
      panes += own.emitted.size();
      dropped += own.dropped();
      assertThat(own.dropped()).as("seed %d, dropped", seed).isEqualTo(beam.dropped());
    }
    assertThat(panes).isGreaterThan(SEEDS);
    if (!kind.equals("global")) {
      assertThat(dropped).as("late elements were among the input").isPositive();
    }
  }

  private static void play(
      SplittableRandom random, WindowFn<Object, ?> windowFn, Rig own, Rig beam, String what) {
    long watermark = 0;
    for (int step = 0; step < STEPS; step++) {
      if (random.nextInt(4) == 0) {
        watermark += random.nextInt(15);
        own.advanceTo(watermark);
        beam.advanceTo(watermark);
        assertSame(own, beam, what + ", watermark " + watermark);
      } else {
        WindowedValue<KV<String, Integer>> element = element(random, windowFn, watermark, step);
        own.process(element);
        beam.process(element);
      }
    }
    own.advanceTo(Timestamps.MAX_MILLIS);
    beam.advanceTo(Timestamps.MAX_MILLIS);
    assertSame(own, beam, what + ", at the end");
    assertThat(own.holds.min()).as(what).isEqualTo(Long.MAX_VALUE);
  }

  private static void assertSame(Rig own, Rig beam, String what) {
    assertThat(own.emitted).as(what).containsExactlyInAnyOrderElementsOf(beam.emitted);
  }

  private static WindowedValue<KV<String, Integer>> element(
      SplittableRandom random, WindowFn<Object, ?> windowFn, long watermark, int value) {
    Instant timestamp = new Instant(Math.max(0, watermark + random.nextInt(-25, 40)));
    KV<String, Integer> kv = KV.of("key" + random.nextInt(4), value);
    return WindowedValues.of(kv, timestamp, windows(windowFn, timestamp), PaneInfo.NO_FIRING);
  }

  @SuppressWarnings("unchecked")
  private static java.util.Collection<BoundedWindow> windows(
      WindowFn<Object, ?> windowFn, Instant timestamp) {
    WindowFn<Object, BoundedWindow> fn = (WindowFn<Object, BoundedWindow>) windowFn;
    try {
      return fn.assignWindows(
          fn.new AssignContext() {
            @Override
            public Object element() {
              return "";
            }

            @Override
            public Instant timestamp() {
              return timestamp;
            }

            @Override
            public BoundedWindow window() {
              throw new UnsupportedOperationException();
            }
          });
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void otherWindowingsAreLeftToReduceFnRunner() {
    WindowingStrategy<Object, ?> fixed = WindowingStrategy.of(FixedWindows.of(Duration.millis(10)));
    assertThat(EndOfWindowGrouping.handles(fixed)).isTrue();
    assertThat(EndOfWindowGrouping.handles(fixed.withAllowedLateness(Duration.millis(1))))
        .isFalse();
    assertThat(EndOfWindowGrouping.handles(fixed.withTrigger(AfterPane.elementCountAtLeast(1))))
        .isFalse();
    assertThat(EndOfWindowGrouping.handles(fixed.withTimestampCombiner(TimestampCombiner.EARLIEST)))
        .isFalse();
    assertThat(
            EndOfWindowGrouping.handles(
                WindowingStrategy.of(Sessions.withGapDuration(Duration.millis(10)))))
        .isFalse();
  }
}
