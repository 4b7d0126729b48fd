package dev.lintel.runner;

import static dev.lintel.runner.GatedJob.together;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
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
import org.apache.beam.sdk.transforms.DoFn.UnboundedPerElement;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * The pipeline whose savepoints are kept: state of each kind, timers, a session, a trigger's panes,
 * elements that wait for a side input and the panes of another one, an unbounded source's marks,
 * and residuals. Changing it makes the stored savepoints unusable.
 *
 * <p>How to keep one more: see {@code src/test/resources/savepoints/README.md}.
 */
final class SavepointProgram {
  static final String JOB = "format";

  /** In the middle of the first window of {@link #WINDOW}. */
  private static final long GATE = 20;

  private static final long KEYS = 5;
  private static final long END = GatedJob.END;
  private static final Duration WINDOW = Duration.millis(30);
  private static final Duration SESSION_GAP = Duration.millis(7);

  private SavepointProgram() {}

  /** Takes a savepoint in the middle of it, with a checkpoint folder of its own. */
  static List<String> takeSavepoint(Path folder, Path savepoint) {
    return new GatedJob(JOB, folder)
        .set("stateBackend", "rocksdb")
        .awaitOutputs(before().size())
        .runTo(GATE, GATE, SavepointProgram::body, savepoint);
  }

  static PCollection<String> body(PCollection<Long> numbers) {
    return together(
        List.of(
            byKey(numbers, "Kinds").apply("Kinds", ParDo.of(new Kinds())),
            sessions(numbers),
            withSums(numbers),
            named(numbers),
            numbers
                .getPipeline()
                .apply("Letters", Create.of("a", "b"))
                .apply("Positions", ParDo.of(new Positions()))));
  }

  private static PCollection<KV<Long, Long>> byKey(PCollection<Long> numbers, String name) {
    return numbers.apply(
        name + " keys",
        WithKeys.<Long, Long>of(i -> i % KEYS).withKeyType(TypeDescriptors.longs()));
  }

  /** So that all can be flattened. */
  private static PCollection<String> global(PCollection<String> texts, String name) {
    return texts.apply(
        name + " global",
        Window.<String>into(new GlobalWindows())
            .triggering(DefaultTrigger.of())
            .withAllowedLateness(Duration.ZERO)
            .discardingFiredPanes());
  }

  // ---- state and timers ----

  /** Says at the end of time what it has. */
  private static final class Kinds extends DoFn<KV<Long, Long>, String> {
    private static final Instant LATER = new Instant(10_000);

    @StateId("value")
    private final StateSpec<ValueState<Long>> valueSpec = StateSpecs.value(VarLongCoder.of());

    @StateId("bag")
    private final StateSpec<BagState<Long>> bagSpec = StateSpecs.bag(BigEndianLongCoder.of());

    @StateId("set")
    private final StateSpec<SetState<String>> setSpec = StateSpecs.set(StringUtf8Coder.of());

    @StateId("map")
    private final StateSpec<MapState<String, Long>> mapSpec =
        StateSpecs.map(StringUtf8Coder.of(), VarLongCoder.of());

    @StateId("sum")
    private final StateSpec<CombiningState<Long, long[], Long>> sumSpec =
        StateSpecs.combining(Sum.ofLongs());

    @StateId("list")
    private final StateSpec<OrderedListState<Long>> listSpec =
        StateSpecs.orderedList(VarLongCoder.of());

    @TimerId("later")
    private final TimerSpec laterSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @SuppressWarnings("UnusedVariable") // Beam reads it.
    @TimerFamily("each")
    private final TimerSpec eachSpec = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("value") ValueState<Long> value,
        @StateId("bag") BagState<Long> bag,
        @StateId("set") SetState<String> set,
        @StateId("map") MapState<String, Long> map,
        @StateId("sum") CombiningState<Long, long[], Long> sum,
        @StateId("list") OrderedListState<Long> list,
        @TimerId("later") Timer later,
        @TimerFamily("each") TimerMap each) {
      long number = element.getValue();
      Long before = value.read();
      value.write(before == null ? 1 : before + 1);
      bag.add(number);
      set.add("s" + number / 10);
      map.put("m" + number, number);
      sum.add(number);
      list.add(TimestampedValue.of(number, new Instant(END - number)));
      later.withOutputTimestamp(LATER).set(LATER);
      each.set("t" + number / 30, LATER.plus(number / 30));
    }

    @OnTimer("later")
    public void later(
        OnTimerContext context,
        @StateId("value") ValueState<Long> value,
        @StateId("bag") BagState<Long> bag,
        @StateId("set") SetState<String> set,
        @StateId("map") MapState<String, Long> map,
        @StateId("sum") CombiningState<Long, long[], Long> sum,
        @StateId("list") OrderedListState<Long> list) {
      Map<String, Long> entries = new TreeMap<>();
      map.entries().read().forEach(each -> entries.put(each.getKey(), each.getValue()));
      TreeSet<String> elements = new TreeSet<>();
      set.read().forEach(elements::add);
      List<Long> inOrder = new ArrayList<>();
      list.read().forEach(each -> inOrder.add(each.getValue()));
      context.output(
          text(
              value.read(),
              StreamSupport.stream(bag.read().spliterator(), false).sorted().toList(),
              elements,
              entries,
              sum.read(),
              inOrder));
    }

    @OnTimerFamily("each")
    public void each(OnTimerContext context, @TimerId String id) {
      context.output("timer " + id);
    }

    private static String text(
        Long value,
        List<Long> bag,
        TreeSet<String> set,
        Map<String, Long> map,
        Long sum,
        List<Long> list) {
      return String.join(
          " ", "kinds", "" + value, "" + bag, "" + set, "" + map, "" + sum, "" + list);
    }

    static String expected(long key) {
      List<Long> all = numbers(0, END).filter(i -> i % KEYS == key).boxed().toList();
      Map<String, Long> map = new TreeMap<>();
      all.forEach(each -> map.put("m" + each, each));
      TreeSet<String> set = new TreeSet<>();
      all.forEach(each -> set.add("s" + each / 10));
      List<Long> list = new ArrayList<>(all);
      list.sort((one, other) -> Long.compare(other, one));
      long sum = all.stream().mapToLong(each -> each).sum();
      return text((long) all.size(), all, set, map, sum, list);
    }
  }

  private static LongStream numbers(long first, long end) {
    return LongStream.range(first, end);
  }

  // ---- windows ----

  private static final class SessionText extends DoFn<KV<Long, Iterable<Long>>, String> {
    @ProcessElement
    public void process(
        @Element KV<Long, Iterable<Long>> group,
        IntervalWindow window,
        OutputReceiver<String> output) {
      long count = StreamSupport.stream(group.getValue().spliterator(), false).count();
      output.output(
          "session of "
              + group.getKey()
              + ": "
              + count
              + " from "
              + window.start().getMillis()
              + " to "
              + window.end().getMillis());
    }
  }

  private static PCollection<String> sessions(PCollection<Long> numbers) {
    return global(
        byKey(numbers, "Session")
            .apply("Sessions", Window.into(Sessions.withGapDuration(SESSION_GAP)))
            .apply("Group sessions", GroupByKey.create())
            .apply("Session text", ParDo.of(new SessionText())),
        "Session");
  }

  private static final class AddSum extends DoFn<KV<Long, Iterable<Long>>, String> {
    private final PCollectionView<Long> sum;

    AddSum(PCollectionView<Long> sum) {
      this.sum = sum;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      for (long each : context.element().getValue()) {
        context.output(each + " of " + context.sideInput(sum));
      }
    }
  }

  /** Each number with the sum of its window, for which it waits. */
  private static PCollection<String> withSums(PCollection<Long> numbers) {
    PCollectionView<Long> sum =
        numbers
            .apply("Side window", Window.into(FixedWindows.of(WINDOW)))
            .apply("Side", Sum.longsGlobally().withoutDefaults().asSingletonView());
    return global(
        byKey(numbers, "Early")
            .apply(
                "Early window",
                Window.<KV<Long, Long>>into(FixedWindows.of(WINDOW))
                    .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
                    .withAllowedLateness(Duration.ZERO)
                    .discardingFiredPanes())
            .apply("Group early", GroupByKey.create())
            .apply("Add sum", ParDo.of(new AddSum(sum)).withSideInputs(sum)),
        "Sum");
  }

  // ---- a side input that is there ----

  private static final class Name extends DoFn<Long, String> {
    private final PCollectionView<Map<Long, String>> names;

    Name(PCollectionView<Map<Long, String>> names) {
      this.names = names;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(
          context.element() + " is " + context.sideInput(names).get(context.element() % 2));
    }
  }

  private static PCollection<String> named(PCollection<Long> numbers) {
    PCollectionView<Map<Long, String>> names =
        numbers
            .getPipeline()
            .apply("Names", Create.of(KV.of(0L, "even"), KV.of(1L, "odd")))
            .apply("By number", View.asMap());
    return numbers.apply("Name", ParDo.of(new Name(names)).withSideInputs(names));
  }

  // ---- residuals ----

  @UnboundedPerElement
  private static final class Positions extends DoFn<String, String> {
    private static final long COUNT = 12;

    @GetInitialRestriction
    public OffsetRange initial() {
      return new OffsetRange(0, COUNT);
    }

    @ProcessElement
    public ProcessContinuation process(
        @Element String element,
        RestrictionTracker<OffsetRange, Long> tracker,
        OutputReceiver<String> output) {
      for (long i = tracker.currentRestriction().getFrom(); ; i++) {
        if (i < COUNT && !GatedSource.isOpen(JOB, i * KEYS)) {
          return ProcessContinuation.resume().withResumeDelay(Duration.millis(5));
        }
        if (!tracker.tryClaim(i)) {
          return ProcessContinuation.stop();
        }
        output.output(element + i);
      }
    }
  }

  // ---- what comes of it ----

  /** Before the savepoint, sorted. */
  static List<String> before() {
    return outputs(0, GATE);
  }

  /** After it. */
  static List<String> after() {
    List<String> outputs = new ArrayList<>(outputs(GATE, END));
    numbers(0, END)
        .forEach(each -> outputs.add(each + " of " + (each < 30 ? 29 * 15 : 29 * 15 + 900)));
    for (long key = 0; key < KEYS; key++) {
      outputs.add(Kinds.expected(key));
      outputs.add("timer t0");
      outputs.add("timer t1");
      outputs.add("session of " + key + ": 12 from " + key + " to " + (key + 55 + 7));
    }
    return outputs.stream().sorted().toList();
  }

  private static List<String> outputs(long first, long end) {
    List<String> outputs = new ArrayList<>();
    numbers(first, end)
        .forEach(each -> outputs.add(each + (each % 2 == 0 ? " is even" : " is odd")));
    numbers(first / KEYS, end / KEYS)
        .forEach(each -> outputs.addAll(List.of("a" + each, "b" + each)));
    return outputs.stream().sorted().toList();
  }
}
