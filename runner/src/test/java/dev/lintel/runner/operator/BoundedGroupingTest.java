package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillException;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.Operator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bounded grouping gives what Beam's {@code ReduceFnRunner} gives, whether its groups fit into
 * memory or not.
 */
class BoundedGroupingTest {
  private static final int SEEDS = 8;
  private static final long NO_LIMIT = 1L << 40;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"global", "fixed", "sliding", "sessions", "blocks"})
  void emitsWhatReduceFnRunnerEmits(String windows) {
    for (TimestampCombiner combiner : TimestampCombiner.values()) {
      WindowingStrategy<?, ?> windowing =
          WindowingStrategy.of(windowFn(windows)).withTimestampCombiner(combiner);
      for (PaneRig.Kind kind : PaneRig.Kind.values()) {
        for (long seed = 0; seed < SEEDS; seed++) {
          String what = windows + ", " + combiner + ", " + kind + ", seed " + seed;
          compare(windowing, kind, seed, what);
        }
      }
    }
  }

  private void compare(
      WindowingStrategy<?, ?> windowing, PaneRig.Kind kind, long seed, String what) {
    List<WindowedValue<KV<String, Integer>>> input = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(seed);
    int count = random.nextInt(250);
    for (int i = 0; i < count; i++) {
      input.add(element(random, windowing.getWindowFn(), random.nextLong(300), i));
    }
    PaneRig beam = PaneRig.viaReduceFnRunner(windowing, kind);
    List<String> expected = run(beam, input);
    // There is no late pane where everything comes before the watermark moves.
    Duration lateness = Duration.millis(seed % 2 * 7);
    for (long budget : new long[] {3_000, 20_000, NO_LIMIT}) {
      try (SpillDirectory spill = new SpillDirectory(new RunFolder(folder), "grouping-test-")) {
        PaneRig own = PaneRig.bounded(windowing.withAllowedLateness(lateness), kind, budget, spill);
        assertThat(run(own, input)).as("%s, budget %d", what, budget).isEqualTo(expected);
        assertThat(own.operator.nextEventTimeMillis()).as(what).isEqualTo(Long.MAX_VALUE);
        assertThat(own.stateOpened).as("state was opened").isFalse();
        assertThat(own.dropped()).as(what).isEqualTo(beam.dropped());
      }
    }
  }

  private static List<String> run(PaneRig rig, List<WindowedValue<KV<String, Integer>>> input) {
    input.forEach(rig::process);
    assertThat(rig.emitted).isEmpty();
    rig.advanceTo(Timestamps.MAX_MILLIS);
    rig.operator.close();
    return sorted(rig);
  }

  private static List<String> sorted(PaneRig rig) {
    return rig.emitted.stream().sorted().toList();
  }

  /** Where the watermark of a bounded input moves on the way, what has expired is dropped. */
  @ParameterizedTest
  @ValueSource(strings = {"global", "fixed", "sliding"})
  void dropsWhatHasExpiredByAWatermarkOnTheWay(String windows) {
    WindowingStrategy<?, ?> windowing = WindowingStrategy.of(windowFn(windows));
    long dropped = 0;
    for (long seed = 0; seed < 4 * SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      try (SpillDirectory spill = new SpillDirectory(new RunFolder(folder), "grouping-test-")) {
        PaneRig own = PaneRig.bounded(windowing, PaneRig.Kind.GROUP_BY_KEY, 3_000, spill);
        PaneRig beam = PaneRig.viaReduceFnRunner(windowing, PaneRig.Kind.GROUP_BY_KEY);
        long watermark = 0;
        for (int i = 0; i < 100; i++) {
          if (random.nextInt(5) == 0) {
            watermark += random.nextInt(15);
            own.advanceTo(watermark);
            beam.advanceTo(watermark);
          } else {
            long timestamp = Math.max(0, watermark + random.nextInt(-25, 40));
            WindowedValue<KV<String, Integer>> element =
                element(random, windowing.getWindowFn(), timestamp, i);
            own.process(element);
            beam.process(element);
          }
        }
        assertThat(own.emitted).isEmpty();
        own.advanceTo(Timestamps.MAX_MILLIS);
        beam.advanceTo(Timestamps.MAX_MILLIS);
        assertThat(sorted(own)).as("seed %d", seed).isEqualTo(sorted(beam));
        assertThat(own.dropped()).as("seed %d", seed).isEqualTo(beam.dropped());
        dropped += own.dropped();
      }
    }
    if (!windows.equals("global")) {
      assertThat(dropped).as("late elements were among the input").isPositive();
    }
  }

  @Test
  void panesToComeHoldTheWatermark() {
    WindowingStrategy<?, ?> windowing =
        WindowingStrategy.of(windowFn("fixed")).withTimestampCombiner(TimestampCombiner.EARLIEST);
    try (SpillDirectory spill = new SpillDirectory(new RunFolder(folder), "grouping-test-")) {
      PaneRig rig = PaneRig.bounded(windowing, PaneRig.Kind.GROUP_BY_KEY, NO_LIMIT, spill);
      StreamOperator operator = rig.operator;
      assertThat(operator.nextEventTimeMillis()).isEqualTo(Long.MAX_VALUE);
      SplittableRandom random = new SplittableRandom(1);
      rig.process(element(random, windowing.getWindowFn(), 55, 0));
      rig.process(element(random, windowing.getWindowFn(), 33, 1));
      rig.process(element(random, windowing.getWindowFn(), 77, 2));
      assertThat(operator.nextEventTimeMillis()).isEqualTo(33);
      operator.advanceInputWatermark(1_000);
      assertThat(operator.hasDueTimer()).as("only the end fires").isFalse();
      operator.advanceInputWatermark(Timestamps.MAX_MILLIS);
      for (int left = 3; left > 0; left--) {
        assertThat(operator.hasDueTimer()).isTrue();
        assertThat(operator.nextEventTimeMillis()).isEqualTo(33);
        operator.fireDueTimer();
      }
      assertThat(operator.hasDueTimer()).isFalse();
      assertThat(operator.nextEventTimeMillis()).isEqualTo(Long.MAX_VALUE);
    }
  }

  @ParameterizedTest
  @CsvSource({"false, 20000", "true, 20000"})
  void aGroupLargerThanTheBudgetIsReadAgainAndAgain(boolean merging, int count) throws IOException {
    WindowingStrategy<?, ?> windowing =
        WindowingStrategy.of(windowFn(merging ? "sessions" : "global"));
    try (SpillDirectory spill = new SpillDirectory(new RunFolder(folder), "grouping-test-")) {
      PaneRig rig = PaneRig.bounded(windowing, PaneRig.Kind.GROUP_BY_KEY, 100_000, spill);
      for (int i = 0; i < count; i++) {
        Instant timestamp = new Instant(i / 100);
        rig.process(
            WindowedValues.of(
                KV.of(i % 100 == 7 ? "small" : "large", i),
                timestamp,
                PaneRig.windows(windowing.getWindowFn(), timestamp),
                PaneInfo.NO_FIRING));
      }
      rig.advanceTo(Timestamps.MAX_MILLIS);
      rig.operator.close();
      Iterable<Integer> large = rig.values("large");
      assertThat(large).isNotInstanceOf(java.util.Collection.class);
      Set<Integer> first = new HashSet<>();
      large.forEach(first::add);
      assertThat(first).hasSize(count - count / 100);
      List<Integer> second = new ArrayList<>();
      large.forEach(second::add);
      assertThat(second).hasSameSizeAs(first).containsAll(first);
      assertThat(rig.values("small")).hasSize(count / 100);
      Coder<Iterable<Integer>> coder = IterableCoder.of(PaneRig.VALUE_CODER);
      ByteArrayOutputStream encoded = new ByteArrayOutputStream();
      coder.encode(large, encoded);
      assertThat(coder.decode(new ByteArrayInputStream(encoded.toByteArray())))
          .containsExactlyElementsOf(second);
    }
  }

  @Test
  void whatIsReadAfterTheJobFailsClearly() {
    SpillDirectory spill = new SpillDirectory(new RunFolder(folder), "grouping-test-");
    PaneRig rig =
        PaneRig.bounded(
            WindowingStrategy.globalDefault(), PaneRig.Kind.GROUP_BY_KEY, 10_000, spill);
    for (int i = 0; i < 10_000; i++) {
      rig.process(WindowedValues.valueInGlobalWindow(KV.of("key", i)));
    }
    rig.advanceTo(Timestamps.MAX_MILLIS);
    spill.close();
    assertThatThrownBy(() -> rig.values("key").forEach(value -> {}))
        .isInstanceOf(SpillException.class)
        .hasMessageContaining("as long as their job runs");
  }

  @Test
  void aFolderThatCanNotBeWrittenNamesTransformAndFolder() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    SpillDirectory spill = new SpillDirectory(new RunFolder(file), "grouping-test-");
    PaneRig rig =
        PaneRig.bounded(WindowingStrategy.globalDefault(), PaneRig.Kind.GROUP_BY_KEY, 1_000, spill);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                rig.process(WindowedValues.valueInGlobalWindow(KV.of("key" + i, i)));
              }
            })
        .isInstanceOf(OperatorException.class)
        .hasMessageContaining("'Group'")
        .hasMessageContaining(file.toString())
        .hasMessageContaining("--stateDirectory");
  }

  @Test
  void onlyBoundedInputWithTheDefaultTriggerIsGroupedThisWay() {
    WindowingStrategy<Object, GlobalWindow> global = WindowingStrategy.globalDefault();
    assertThat(BoundedGrouping.handles(input(global, true))).isTrue();
    assertThat(BoundedGrouping.handles(input(global, false))).isFalse();
    assertThat(
            BoundedGrouping.handles(
                input(global.withTrigger(AfterPane.elementCountAtLeast(2)), true)))
        .isFalse();
    PaneRig rig =
        PaneRig.bounded(
            global,
            PaneRig.Kind.GROUP_BY_KEY,
            NO_LIMIT,
            new SpillDirectory(new RunFolder(folder), "grouping-test-"));
    assertThat(rig.operator).isInstanceOf(BoundedGrouping.class);
  }

  private static Collection input(WindowingStrategy<?, ?> windowing, boolean bounded) {
    Operator.GroupByKey spec = PaneRig.groupByKey(windowing, bounded);
    return spec.input();
  }

  private static WindowFn<Object, ?> windowFn(String kind) {
    return switch (kind) {
      case "fixed" -> FixedWindows.of(Duration.millis(10));
      case "sliding" -> SlidingWindows.of(Duration.millis(30)).every(Duration.millis(10));
      case "sessions" -> Sessions.withGapDuration(Duration.millis(10));
      case "blocks" -> new BlockWindows();
      default -> new GlobalWindows();
    };
  }

  private static WindowedValue<KV<String, Integer>> element(
      SplittableRandom random, WindowFn<?, ?> windowFn, long timestampMillis, int value) {
    Instant timestamp = new Instant(timestampMillis);
    KV<String, Integer> kv = KV.of("key" + random.nextInt(5), value);
    return WindowedValues.of(
        kv, timestamp, PaneRig.windows(windowFn, timestamp), PaneInfo.NO_FIRING);
  }
}
