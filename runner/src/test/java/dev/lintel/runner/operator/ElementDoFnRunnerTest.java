package dev.lintel.runner.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.runner.disk.RunFolder;
import dev.lintel.runner.metrics.TaskMetrics;
import dev.lintel.runner.spill.MemoryBudget;
import dev.lintel.runner.spill.SpillDirectory;
import dev.lintel.runner.spill.SpillSpace;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.TaskState;
import dev.lintel.timers.KeyedTimerInternals;
import dev.lintel.timers.WatermarkHolds;
import dev.lintel.translation.plan.Operator.ParDo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.DoFnRunner;
import org.apache.beam.runners.core.DoFnRunners;
import org.apache.beam.runners.core.NullSideInputReader;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.WindowedValue;
import org.apache.beam.sdk.values.WindowedValues;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Elements of all kinds through DoFns that do all that they may: what comes out, or is thrown, and
 * what is left in state and timers is what Beam's own runner leaves.
 */
class ElementDoFnRunnerTest {
  private static final TupleTag<Long> MAIN = new TupleTag<>("main") {};
  private static final TupleTag<Long> SIDE = new TupleTag<>("side") {};
  private static final TupleTag<Long> UNKNOWN = new TupleTag<>("unknown") {};
  private static final int ELEMENTS = 3_000;

  /** Does what the element's value says. */
  private static class OutputFn extends DoFn<KV<Long, Long>, Long> {
    @ProcessElement
    public void process(
        ProcessContext context, OutputReceiver<Long> receiver, MultiOutputReceiver receivers) {
      long value = context.element().getValue();
      Instant later = context.timestamp().plus(value % 7);
      IntervalWindow window = new IntervalWindow(later, later.plus(5));
      switch ((int) (value % 13)) {
        case 0 -> context.output(value);
        case 1 -> receiver.output(value);
        case 2 -> receivers.get(SIDE).output(value);
        case 3 -> context.output(SIDE, value);
        case 4 -> context.outputWithTimestamp(value, later);
        case 5 -> receiver.outputWithTimestamp(value, later);
        case 6 -> receiver.outputWithTimestamp(value, context.timestamp().minus(value % 5));
        case 7 -> receiver.builder(value).setWindow(window).setRecordId("r").output();
        case 8 ->
            receivers
                .get(SIDE)
                .outputWindowedValue(value, later, List.of(window), PaneInfo.NO_FIRING);
        case 9 -> context.output(UNKNOWN, value);
        case 10 -> context.outputWithTimestamp(SIDE, value, BoundedWindow.TIMESTAMP_MAX_VALUE);
        case 11 ->
            receiver.output(
                context.pane().getIndex()
                    + (context.causedByDrain() == CausedByDrain.CAUSED_BY_DRAIN ? 1_000 : 0)
                    + String.valueOf(context.currentRecordId()).length());
        default -> throw new IllegalStateException("the user's own " + value);
      }
    }
  }

  /** The same, and may put out what is a little earlier. */
  private static final class SkewedFn extends OutputFn {
    @Override
    @SuppressWarnings("deprecation") // What it is for.
    public Duration getAllowedTimestampSkew() {
      return Duration.millis(2);
    }
  }

  /** Wants to know the window, and so is called for each. */
  private static final class WindowedFn extends DoFn<KV<Long, Long>, Long> {
    @ProcessElement
    public void process(
        @Element KV<Long, Long> element, BoundedWindow window, OutputReceiver<Long> receiver) {
      receiver.output(element.getValue() + window.maxTimestamp().getMillis());
    }
  }

  private static final class KeyedFn extends DoFn<KV<Long, Long>, Long> {
    @StateId("sum")
    private final StateSpec<ValueState<Long>> sumSpec = StateSpecs.value();

    @StateId("all")
    private final StateSpec<BagState<Long>> allSpec = StateSpecs.bag();

    @TimerId("event")
    private final TimerSpec eventSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("clock")
    private final TimerSpec clockSpec = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @SuppressWarnings("UnusedVariable") // Beam reads it.
    @TimerFamily("many")
    private final TimerSpec manySpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @Timestamp Instant timestamp,
        @StateId("sum") ValueState<Long> sum,
        @AlwaysFetched @StateId("all") BagState<Long> all,
        @TimerId("event") Timer event,
        @TimerId("clock") Timer clock,
        @TimerFamily("many") TimerMap many) {
      long value = element.getValue();
      Long before = sum.read();
      sum.write(before == null ? value : before + value);
      all.add(value);
      Instant later = timestamp.plus(value % 9);
      Timer some = value % 2 == 0 ? event : clock;
      switch ((int) (value % 14)) {
        case 0 -> event.set(later);
        case 1 -> clock.set(later);
        case 2, 3 -> some.offset(Duration.millis(value % 5)).setRelative();
        case 4, 5 -> some.align(Duration.millis(3)).offset(Duration.millis(1)).setRelative();
        case 6, 7 -> some.withOutputTimestamp(timestamp.minus(value % 3)).set(later);
        case 8, 9 -> some.withNoOutputTimestamp().set(later);
        case 10 -> some.clear();
        case 11 -> {
          some.set(later);
          some.set(later.plus(1));
        }
        case 12 -> many.set("t" + value % 3, later);
        default -> {
          many.get("t" + value % 3).withOutputTimestamp(timestamp).set(later);
          event.set(timestamp.plus(Duration.standardDays(value % 2)));
        }
      }
    }

    @OnTimer("event")
    public void onEvent() {}

    @OnTimer("clock")
    public void onClock() {}

    @OnTimerFamily("many")
    public void onMany() {}
  }

  /** One of the two runners with its surroundings. */
  private static final class Side {
    final List<String> seen = new ArrayList<>();
    final TaskState task = new HeapStateBackend().open("test", new KeyGroupRange(0, 16), 16);
    final KeyedStateInternals state;
    final KeyedTimerInternals timers;
    final DoFnRunner<Object, Object> runner;

    @SuppressWarnings("unchecked")
    Side(ParDo spec, boolean beams) {
      WatermarkHolds holds = new WatermarkHolds();
      OperatorContext context =
          TestContext.of(
              () -> task,
              holds,
              new TaskMetrics(),
              new SpillSpace(
                  new MemoryBudget(0), new SpillDirectory(new RunFolder(Path.of("unused")), "")));
      state = task.keyedState("fn", holds);
      timers = new KeyedTimerInternals(task, "fn", IntervalWindow.getCoder(), holds);
      Map<String, Output> outputs = new HashMap<>();
      spec.outputsByTag()
          .forEach(
              (tag, collection) ->
                  outputs.put(collection.id(), element -> seen.add(text(tag, element))));
      DoFnHandle handle = new DoFnHandle(spec, context, outputs);
      runner =
          beams
              ? DoFnRunners.simpleRunner(
                  context.options(),
                  handle.fn(),
                  NullSideInputReader.empty(),
                  new DoFnOutputs(spec, outputs),
                  (TupleTag<Object>) spec.mainOutputTag(),
                  List.copyOf(spec.outputsByTag().keySet()),
                  handle.stepContext(state, timers),
                  (Coder<Object>) spec.input().coder(),
                  new DoFnOutputs(spec, outputs).coders(),
                  spec.input().windowing(),
                  spec.schemaInformation(),
                  spec.sideInputMapping())
              : handle.runner(NullSideInputReader.empty(), state, timers);
    }

    private static String text(TupleTag<?> tag, WindowedValue<?> element) {
      return tag.getId()
          + " "
          + element
          + " "
          + element.getRecordId()
          + " "
          + element.getRecordOffset()
          + " "
          + element.causedByDrain();
    }

    void process(WindowedValue<Object> element, byte key) {
      EncodedKey encoded = new EncodedKey(new byte[] {key});
      state.setCurrentKey(encoded, null);
      timers.setCurrentKey(encoded);
      try {
        runner.processElement(element);
      } catch (RuntimeException e) {
        seen.add(e.getClass() + " " + e.getMessage());
      }
    }

    List<String> timers() {
      List<String> all = new ArrayList<>();
      timers.forEach(each -> all.add(each.key() + " " + each.timer()));
      return all;
    }
  }

  private static ParDo plan(DoFn<KV<Long, Long>, Long> fn) {
    return Plans.operator(
        ParDo.class,
        "Fn",
        pipeline ->
            pipeline
                .apply(Create.of(KV.of(1L, 1L)))
                .apply(Window.into(FixedWindows.of(Duration.standardHours(1))))
                .apply(
                    "Fn",
                    org.apache.beam.sdk.transforms.ParDo.of(fn)
                        .withOutputTags(MAIN, TupleTagList.of(SIDE))));
  }

  private static WindowedValue<Object> element(SplittableRandom random, int windowsMax) {
    Instant timestamp = new Instant(random.nextLong(1_000_000));
    List<BoundedWindow> windows = new ArrayList<>();
    int count = 1 + random.nextInt(windowsMax);
    for (int i = 0; i < count; i++) {
      windows.add(new IntervalWindow(timestamp.minus(i), Duration.standardMinutes(1)));
    }
    return WindowedValues.of(
        KV.of(1L, random.nextLong(100_000)),
        timestamp,
        windows,
        PaneInfo.createPane(false, false, PaneInfo.Timing.EARLY, random.nextInt(1, 5), -1),
        random.nextBoolean() ? "id " + random.nextInt(9) : null,
        random.nextBoolean() ? (Long) random.nextLong(9) : null,
        random.nextBoolean() ? CausedByDrain.CAUSED_BY_DRAIN : CausedByDrain.NORMAL);
  }

  private static void compare(DoFn<KV<Long, Long>, Long> fn, int windowsMax, long seed) {
    ParDo spec = plan(fn);
    Side ours = new Side(spec, false);
    Side beams = new Side(spec, true);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < ELEMENTS; i++) {
      WindowedValue<Object> element = element(random, windowsMax);
      byte key = (byte) random.nextInt(20);
      long now = 1_000L * i;
      for (Side each : List.of(ours, beams)) {
        each.timers.advanceProcessingTime(now, now);
        each.timers.advanceInputWatermark(now / 5);
        each.process(element, key);
      }
    }
    assertThat(ours.seen).as("seed %d", seed).isEqualTo(beams.seen);
    assertThat(ours.timers()).as("seed %d", seed).isEqualTo(beams.timers());
    assertThat(ours.seen.size() + ours.timers().size()).isGreaterThan(20);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void outputsAreBeams(long seed) {
    compare(new OutputFn(), 3, seed);
    compare(new SkewedFn(), 3, seed);
    compare(new WindowedFn(), 3, seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void timersAreBeams(long seed) {
    compare(new KeyedFn(), 3, seed);
  }

  /** Keeps a receiver, which it should not. */
  private static final class KeepingFn extends DoFn<KV<Long, Long>, Long> {
    private transient OutputReceiver<Long> kept;

    @ProcessElement
    public void process(OutputReceiver<Long> receiver) {
      kept = receiver;
    }

    @FinishBundle
    public void finish() {
      kept.output(1L);
    }
  }

  @Test
  void aReceiverThatWasKeptSaysWhatToDo() {
    Side side = new Side(plan(new KeepingFn()), false);
    side.runner.startBundle();
    side.process(element(new SplittableRandom(1), 1), (byte) 1);
    assertThatThrownBy(side.runner::finishBundle)
        .hasMessageContaining("use the context of @FinishBundle");
  }
}
