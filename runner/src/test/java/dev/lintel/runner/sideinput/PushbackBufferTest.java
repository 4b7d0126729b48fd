package dev.lintel.runner.sideinput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.waiting.ElementQueue;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.SideInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Elements wait for their side inputs, keep their order, and panes go when they have expired. */
class PushbackBufferTest {
  private static final int WINDOW_MILLIS = 10;
  private static final int LATENESS_MILLIS = 20;
  private static final int SEEDS = 60;
  private static final SpillSpace SPILL =
      new SpillSpace(
          new MemoryBudget(1 << 20), new SpillDirectory(new RunFolder(Path.of("never-made")), "x"));

  /** A buffer with two side inputs of the main input's windows, and what it has handed on. */
  private static final class Rig {
    final List<PCollectionView<Iterable<Integer>>> views = new ArrayList<>();
    final WatermarkHolds holds = new WatermarkHolds();
    final TaskMetrics metrics = new TaskMetrics();
    final List<Integer> handedOn = new ArrayList<>();

    /** The elements whose encoded key had not to be made again. */
    final Set<Integer> withKey = new HashSet<>();

    int stateOpened;
    final PushbackBuffer buffer;

    Rig() {
      WindowingStrategy<?, ?> windowing =
          WindowingStrategy.of(FixedWindows.of(Duration.millis(WINDOW_MILLIS)))
              .withAllowedLateness(Duration.millis(LATENESS_MILLIS));
      Collection main = new Collection("main", "main", VarIntCoder.of(), windowing, false);
      Pipeline pipeline =
          Pipeline.create(
              PipelineOptionsFactory.fromArgs("--runner=" + CrashingRunner.class.getName())
                  .create());
      List<SideInput> sideInputs = new ArrayList<>();
      for (String tag : List.of("a", "b")) {
        PCollection<Integer> filledBy =
            pipeline
                .apply("Create " + tag, Create.empty(VarIntCoder.of()))
                .apply(
                    "Window " + tag, Window.into(FixedWindows.of(Duration.millis(WINDOW_MILLIS))));
        PCollectionView<Iterable<Integer>> view = filledBy.apply("View " + tag, View.asIterable());
        views.add(view);
        Collection side =
            new Collection(tag, tag, VarIntCoder.of(), filledBy.getWindowingStrategy(), false);
        sideInputs.add(new SideInput(tag, view, side));
      }
      TaskState state = new HeapStateBackend().open("test", new KeyGroupRange(0, 16), 16);
      PushbackBuffer.Context context =
          new PushbackBuffer.Context(
              () -> {
                stateOpened++;
                return state;
              },
              holds,
              EncodedKey.EMPTY,
              metrics,
              new RestoredPanes(SPILL));
      buffer = new PushbackBuffer("ParDo", main, sideInputs, context, this::take);
    }

    void process(int value, long millis) {
      buffer.process(element(value, millis), EncodedKey.EMPTY);
    }

    private void take(WindowedValue<Object> element, Object key) {
      handedOn.add((Integer) element.getValue());
      if (key != null) {
        withKey.add((Integer) element.getValue());
      }
    }

    int replayAll() {
      int replayed = 0;
      while (buffer.hasReady()) {
        int step = buffer.replayReady();
        assertThat(step).isBetween(1, ElementQueue.CHUNK_ELEMENTS_MAX);
        replayed += step;
      }
      return replayed;
    }

    void pane(String tag, long millis, Integer... values) {
      BoundedWindow window = window(millis);
      buffer.addPane(
          tag,
          WindowedValues.of(
              new HeapListPane(Pane.Origin.NONE, List.of((Object[]) values)),
              window.maxTimestamp(),
              window,
              PaneInfo.ON_TIME_AND_ONLY_FIRING));
    }

    Object read(int view, long millis) {
      return buffer.reader().get(views.get(view), window(millis));
    }

    long dropped() {
      long sum = 0;
      for (MetricResult<Long> each : metrics.snapshot().results().allMetrics().getCounters()) {
        sum += each.getAttempted();
      }
      return sum;
    }
  }

  private static IntervalWindow window(long millis) {
    long start = Math.floorDiv(millis, WINDOW_MILLIS) * WINDOW_MILLIS;
    return new IntervalWindow(new Instant(start), Duration.millis(WINDOW_MILLIS));
  }

  private static WindowedValue<Object> element(int value, long millis) {
    return WindowedValues.of(value, new Instant(millis), window(millis), PaneInfo.NO_FIRING);
  }

  @Test
  void thousandsOfWindowsLeaveABoundedNumberOfPanes() {
    Rig rig = new Rig();
    int most = 0;
    for (int i = 0; i < 20_000; i++) {
      long millis = (long) i * WINDOW_MILLIS;
      rig.pane("a", millis, i);
      rig.pane("b", millis, -i);
      rig.process(i, millis);
      assertThat((Iterable<?>) rig.read(0, millis)).hasToString("[" + i + "]");
      rig.buffer.expire(millis);
      most = Math.max(most, rig.buffer.paneCount());
    }
    // A window's end, and the lateness behind it, keep three windows of each of the two views.
    assertThat(most).isBetween(4, 10);
    assertThat(rig.handedOn).hasSize(20_000);
    assertThat(rig.withKey).as("no key was encoded again").hasSize(20_000);
    assertThat(rig.stateOpened).as("nothing had to wait").isZero();
    rig.buffer.expire(Timestamps.MAX_MILLIS);
    assertThat(rig.buffer.paneCount()).isZero();
  }

  @Test
  void aPaneIsKeptWhileAnElementThatIsNotTooLateMayAskForIt() {
    Rig rig = new Rig();
    rig.pane("a", 0, 1);
    rig.pane("b", 0, 2);
    long lastMillis = WINDOW_MILLIS - 1 + LATENESS_MILLIS;
    rig.buffer.expire(lastMillis);
    rig.process(7, 5);
    assertThat(rig.handedOn).containsExactly(7);
    assertThat((Iterable<?>) rig.read(1, 0)).hasToString("[2]");
    rig.buffer.expire(lastMillis + 1);
    assertThat(rig.buffer.paneCount()).isZero();
    rig.process(8, 5);
    assertThat(rig.handedOn).containsExactly(7);
    assertThat(rig.dropped()).isEqualTo(1);
    rig.pane("a", 0, 3);
    assertThat(rig.buffer.paneCount()).as("what comes too late is not kept").isZero();
  }

  @Test
  void aLaterPaneReplacesTheFormer() {
    Rig rig = new Rig();
    rig.pane("a", 0, 1);
    assertThat((Iterable<?>) rig.read(0, 0)).hasToString("[1]");
    rig.pane("a", 0, 1, 2);
    assertThat((Iterable<?>) rig.read(0, 0)).hasToString("[1, 2]");
    assertThat(rig.buffer.paneCount()).isEqualTo(1);
  }

  @Test
  void aWatermarkWithoutAPaneMeansEmpty() {
    Rig rig = new Rig();
    rig.process(1, 5);
    rig.buffer.advanceWatermark("a", WINDOW_MILLIS);
    assertThat(rig.buffer.hasReady()).isFalse();
    rig.buffer.advanceWatermark("b", WINDOW_MILLIS - 1);
    assertThat(rig.buffer.hasReady()).as("a late firing may still come").isFalse();
    rig.buffer.advanceWatermark("b", WINDOW_MILLIS);
    assertThat(rig.replayAll()).isEqualTo(1);
    assertThat((Iterable<?>) rig.read(0, 0)).isEmpty();
  }

  @Test
  void aMillionElementsWaitAndComeInOrder() {
    Rig rig = new Rig();
    int count = 1_000_000;
    for (int i = 0; i < count; i++) {
      rig.process(i, i % WINDOW_MILLIS);
    }
    assertThat(rig.holds.min()).isZero();
    // Neither panes of other windows nor a watermark makes anything look at those that wait.
    for (int i = 0; i < 50_000; i++) {
      rig.pane("a", 1_000L + (long) i * WINDOW_MILLIS, i);
      assertThat(rig.buffer.hasReady()).isFalse();
    }
    rig.pane("a", 0, 1);
    rig.pane("b", 0, 1);
    rig.process(count, 3);
    assertThat(rig.handedOn).as("the last one queues up").isEmpty();
    assertThat(rig.replayAll()).isEqualTo(count + 1);
    for (int i = 0; i <= count; i++) {
      assertThat(rig.handedOn.get(i)).isEqualTo(i);
    }
    assertThat(rig.holds.isEmpty()).isTrue();
    assertThat(rig.buffer.earliestMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void manyWindowsWaitWithoutBeingScanned() {
    Rig rig = new Rig();
    int windows = 100_000;
    for (int i = 0; i < windows; i++) {
      rig.process(i, (long) i * WINDOW_MILLIS);
    }
    for (int i = 0; i < windows; i++) {
      long millis = (long) i * WINDOW_MILLIS;
      if (i % 2 == 0) {
        rig.pane("a", millis, i);
        rig.pane("b", millis, i);
      } else {
        rig.buffer.advanceWatermark("a", millis + WINDOW_MILLIS);
        rig.buffer.advanceWatermark("b", millis + WINDOW_MILLIS);
      }
      assertThat(rig.replayAll()).isEqualTo(1);
      assertThat(rig.holds.min())
          .isEqualTo(i + 1 < windows ? millis + WINDOW_MILLIS : Long.MAX_VALUE);
    }
    assertThat(rig.handedOn).hasSize(windows).isSorted();
  }

  @Test
  void randomArrivalsAgreeWithASimpleModel() {
    for (long seed = 0; seed < SEEDS; seed++) {
      play(new SplittableRandom(seed), "seed " + seed);
    }
  }

  private static void play(SplittableRandom random, String what) {
    Rig rig = new Rig();
    Map<BoundedWindow, List<Integer>> expected = new HashMap<>();
    Map<Integer, BoundedWindow> windowOf = new HashMap<>();
    Set<BoundedWindow> withA = new HashSet<>();
    Set<BoundedWindow> withB = new HashSet<>();
    long watermark = -1;
    int sent = 0;
    for (int step = 0; step < 400; step++) {
      long millis = random.nextInt(100);
      switch (random.nextInt(6)) {
        case 0 -> {
          rig.pane("a", millis, step);
          withA.add(window(millis));
        }
        case 1 -> {
          rig.pane("b", millis, step);
          withB.add(window(millis));
        }
        case 2 -> {
          watermark = Math.max(watermark, random.nextInt(step / 4 + 1));
          rig.buffer.advanceWatermark("a", watermark);
          rig.buffer.advanceWatermark("b", watermark);
        }
        case 3 -> rig.replayAll();
        default -> {
          rig.process(sent, millis);
          expected.computeIfAbsent(window(millis), absent -> new ArrayList<>()).add(sent);
          windowOf.put(sent++, window(millis));
        }
      }
    }
    rig.replayAll();
    Map<BoundedWindow, List<Integer>> found = new HashMap<>();
    rig.handedOn.forEach(
        value ->
            found.computeIfAbsent(windowOf.get(value), absent -> new ArrayList<>()).add(value));
    long watermarkNow = watermark;
    expected
        .keySet()
        .removeIf(
            window ->
                window.maxTimestamp().getMillis() >= watermarkNow
                    && !(withA.contains(window) && withB.contains(window)));
    assertThat(found).as(what).isEqualTo(expected);
    assertThat(rig.holds.isEmpty()).as(what).isEqualTo(rig.handedOn.size() == sent);
  }
}
