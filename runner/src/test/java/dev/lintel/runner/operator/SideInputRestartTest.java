package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.operator.RestartedOperator.Image;
import dev.lintel.runner.sideinput.PaneStore;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Operator.GatherView;
import dev.lintel.translation.plan.SideInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Panes, and elements that wait for them, survive restarts in any number of slots. */
class SideInputRestartTest {
  private static final int SEEDS = 15;
  private static final int STEPS = 40;
  private static final int SLOTS_MAX = 4;
  private static final int WINDOW_MILLIS = 10;

  @TempDir Path directory;

  /** Emits an element with what the side inputs have. */
  static final class Join extends DoFn<Integer, String> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Iterable<Integer>> list;
    private final PCollectionView<Map<String, Iterable<Integer>>> map;

    Join(
        PCollectionView<Iterable<Integer>> list,
        PCollectionView<Map<String, Iterable<Integer>>> map) {
      this.list = list;
      this.map = map;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      Map<String, String> values = new TreeMap<>();
      context.sideInput(map).forEach((key, each) -> values.put(key, each.toString()));
      context.output(context.element() + " " + context.sideInput(list) + " " + values);
    }
  }

  private static Operator.ParDo join() {
    return Plans.operator(
        Operator.ParDo.class,
        "Join",
        pipeline -> {
          PCollection<Integer> list = windowed(pipeline.apply("A", create()));
          PCollection<KV<String, Integer>> map =
              windowed(
                  pipeline.apply(
                      "B",
                      Create.of(KV.of("a", 1))
                          .withCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))));
          PCollectionView<Iterable<Integer>> listView = list.apply(View.asIterable());
          PCollectionView<Map<String, Iterable<Integer>>> mapView = map.apply(View.asMultimap());
          windowed(pipeline.apply("C", create()))
              .apply(
                  "Join", ParDo.of(new Join(listView, mapView)).withSideInputs(listView, mapView));
        });
  }

  private static Create.Values<Integer> create() {
    return Create.of(1).withCoder(VarIntCoder.of());
  }

  private static <T> PCollection<T> windowed(PCollection<T> collection) {
    return collection.apply(
        Window.<T>into(FixedWindows.of(Duration.millis(WINDOW_MILLIS)))
            .withAllowedLateness(Duration.millis(15))
            .accumulatingFiredPanes());
  }

  /** Makes the panes of one side input. */
  private static final class Panes {
    final SideInput sideInput;
    private final PaneStore store;
    private final Map<BoundedWindow, Long> numbers = new java.util.HashMap<>();

    Panes(SideInput sideInput, SpillSpace spill) {
      this.sideInput = sideInput;
      GatherView gather =
          new GatherView(
              "Gather", sideInput.collection(), sideInput.collection(), sideInput.byKey());
      store = new PaneStore(gather, spill, "test-" + sideInput.tag() + "-");
    }

    WindowedValue<?> next(SplittableRandom random, long millis) {
      List<Object> elements = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        int value = random.nextInt(1000);
        elements.add(sideInput.byKey() ? KV.of("k" + value % 3, value) : (Object) value);
      }
      BoundedWindow window =
          RandomElements.assign(sideInput.collection().windowing().getWindowFn(), 0, millis)
              .getWindows()
              .iterator()
              .next();
      long number = numbers.merge(window, 1L, Long::sum) - 1;
      return WindowedValues.of(
          store.paneOf(elements),
          window.maxTimestamp(),
          window,
          PaneInfo.createPane(number == 0, false, PaneInfo.Timing.LATE, number, number));
    }
  }

  private SpillSpace spill(long memoryBytes) {
    return new SpillSpace(
        new MemoryBudget(memoryBytes), new SpillDirectory(new RunFolder(directory), "panes"));
  }

  @Test
  void elementsWaitAndPanesStay() {
    for (long seed = 0; seed < SEEDS; seed++) {
      play(seed);
    }
  }

  private void play(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Operator.ParDo spec = join();
    List<String> undisturbed = new ArrayList<>();
    List<String> disturbed = new ArrayList<>();
    SpillSpace spill = spill(1 << 20);
    List<Panes> panes = spec.sideInputs().stream().map(each -> new Panes(each, spill)).toList();
    try (RestartedOperator one =
            new RestartedOperator(
                spec, false, directory, each -> undisturbed.add((String) each.getValue()));
        RestartedOperator other =
            new RestartedOperator(
                spec, false, directory, each -> disturbed.add((String) each.getValue()))) {
      List<RestartedOperator> both = List.of(one, other);
      for (int step = 0; step < STEPS; step++) {
        step(random, step, spec, panes, both);
        Image image = other.snapshot(step);
        other.restore(image, random.nextInt(1, SLOTS_MAX));
        sayWatermarks(panes, other, sideWatermark(step));
        String what = "seed " + seed + ", step " + step;
        assertThat(disturbed.stream().sorted().toList())
            .as(what)
            .isEqualTo(undisturbed.stream().sorted().toList());
        assertThat(other.outputWatermarkMillis()).as(what).isEqualTo(one.outputWatermarkMillis());
      }
      both.forEach(each -> sayWatermarks(panes, each, Timestamps.MAX_MILLIS));
      assertThat(disturbed.stream().sorted().toList())
          .as("seed " + seed)
          .isEqualTo(undisturbed.stream().sorted().toList())
          .isNotEmpty();
    }
  }

  private static long sideWatermark(int step) {
    return step * 2L - 20;
  }

  private static void sayWatermarks(List<Panes> panes, RestartedOperator operator, long millis) {
    panes.forEach(each -> operator.sideWatermark(each.sideInput.tag(), millis));
  }

  private static void step(
      SplittableRandom random,
      int step,
      Operator.ParDo spec,
      List<Panes> panes,
      List<RestartedOperator> both) {
    long millis = Math.max(0, step * 2L + random.nextInt(30) - 15);
    both.forEach(each -> sayWatermarks(panes, each, sideWatermark(step)));
    switch (random.nextInt(5)) {
      case 0 -> {
        Panes side = panes.get(random.nextInt(panes.size()));
        WindowedValue<?> pane = side.next(random, millis);
        both.forEach(each -> each.pane(side.sideInput.tag(), pane));
      }
      case 1 -> both.forEach(each -> each.advanceWatermark(step * 2L));
      default -> {
        WindowedValue<?> element =
            RandomElements.assign(spec.input().windowing().getWindowFn(), step, millis);
        both.forEach(each -> each.process(element));
      }
    }
  }

  @Test
  void aPaneThatIsInAFileIsStoredOnceAndReadBack() {
    Operator.ParDo spec = join();
    SpillSpace noMemory = spill(0);
    List<String> out = new ArrayList<>();
    try (RestartedOperator operator =
        new RestartedOperator(spec, false, directory, each -> out.add((String) each.getValue()))) {
      for (SideInput each : spec.sideInputs()) {
        GatherView gather =
            new GatherView("Gather", each.collection(), each.collection(), each.byKey());
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
          elements.add(each.byKey() ? KV.of("k", i) : (Object) i);
        }
        BoundedWindow window =
            RandomElements.assign(each.collection().windowing().getWindowFn(), 0, 0)
                .getWindows()
                .iterator()
                .next();
        operator.pane(
            each.tag(),
            WindowedValues.of(
                new PaneStore(gather, noMemory, each.tag()).paneOf(elements),
                window.maxTimestamp(),
                window,
                PaneInfo.ON_TIME_AND_ONLY_FIRING));
      }
      WindowedValue<?> element =
          RandomElements.assign(spec.input().windowing().getWindowFn(), 7, 3);
      operator.process(element);
      Image first = operator.snapshot(1);
      operator.restore(first, 3);
      Image second = operator.snapshot(2);
      assertThat(second.files().keySet())
          .as("with the same ids they are not stored again")
          .isEqualTo(first.files().keySet())
          .hasSize(2);
      operator.restore(second, 1);
      operator.process(element);
      assertThat(out).hasSize(2);
      assertThat(out.get(1)).isEqualTo(out.get(0)).contains("19999");
    }
    assertThat(noMemory.directory().openFiles()).isPositive();
    noMemory.directory().close();
  }
}
