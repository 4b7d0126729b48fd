package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Side inputs through whole pipelines, with next to no memory for them. */
@Timeout(120)
class SideInputsTest {
  private static final int ENTRIES = 150_000;
  private static final String FILLING = "x".repeat(200);

  private static Pipeline pipeline(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--runner=LintelRunner");
    all.add("--stateMemoryMiB=16");
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs(all.toArray(String[]::new)).withValidation().create());
  }

  /** 30 MB, more than there is memory for. */
  private static PCollection<KV<Long, String>> entries(Pipeline pipeline) {
    return pipeline
        .apply("Numbers", GenerateSequence.from(0).to(ENTRIES))
        .apply(
            "Entries",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.longs(), TypeDescriptors.strings()))
                .via(i -> KV.of(i, i + FILLING)));
  }

  /** Reads one large side input in four manners, at places chosen by the element. */
  private static final class LookupFn extends DoFn<Long, Integer> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Map<Long, String>> map;
    private final PCollectionView<Map<Long, Iterable<String>>> multimap;
    private final PCollectionView<List<KV<Long, String>>> list;
    private final PCollectionView<List<KV<Long, String>>> sameList;

    LookupFn(
        PCollectionView<Map<Long, String>> map,
        PCollectionView<Map<Long, Iterable<String>>> multimap,
        PCollectionView<List<KV<Long, String>>> list,
        PCollectionView<List<KV<Long, String>>> sameList) {
      this.map = map;
      this.multimap = multimap;
      this.list = list;
      this.sameList = sameList;
    }

    @ProcessElement
    public void process(@Element Long lookup, ProcessContext context) {
      SplittableRandom random = new SplittableRandom(lookup);
      long key = random.nextLong(ENTRIES);
      int index = random.nextInt(ENTRIES);
      int right = 0;
      right += context.sideInput(map).get(key).equals(key + FILLING) ? 1 : 0;
      right += context.sideInput(map).containsKey(key + ENTRIES) ? 0 : 1;
      right += context.sideInput(multimap).get(key).iterator().next().equals(key + FILLING) ? 1 : 0;
      KV<Long, String> found = context.sideInput(list).get(index);
      right += found.getValue().equals(found.getKey() + FILLING) ? 1 : 0;
      right += context.sideInput(list).size() == ENTRIES ? 1 : 0;
      right += context.sideInput(sameList).get(index).equals(found) ? 1 : 0;
      context.output(right);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void whatMemoryHasNoRoomForIsLookedUp(int parallelism) {
    Pipeline pipeline = pipeline("--parallelism=" + parallelism);
    PCollection<KV<Long, String>> entries = entries(pipeline);
    PCollectionView<Map<Long, String>> map = entries.apply("Map", View.asMap());
    PCollectionView<Map<Long, Iterable<String>>> multimap =
        entries.apply("Multimap", View.asMultimap());
    PCollectionView<List<KV<Long, String>>> list = entries.apply("List", View.asList());
    PCollectionView<List<KV<Long, String>>> sameList = entries.apply("Same", View.asList());
    PCollection<Integer> right =
        pipeline
            .apply("Lookups", GenerateSequence.from(0).to(2_000))
            .apply(
                "Look up",
                ParDo.of(new LookupFn(map, multimap, list, sameList))
                    .withSideInputs(map, multimap, list, sameList));
    PAssert.thatSingleton(right.apply(Sum.integersGlobally())).isEqualTo(6 * 2_000);
    assertThat(pipeline.run().getState()).isEqualTo(State.DONE);
  }

  /** Lets a whole side input go to another task. */
  private static final class EmitIterableFn extends DoFn<Long, KV<Long, Iterable<Integer>>> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Iterable<Integer>> view;

    EmitIterableFn(PCollectionView<Iterable<Integer>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(@Element Long element, ProcessContext context) {
      context.output(KV.of(element, context.sideInput(view)));
    }
  }

  private static final class SumFn extends DoFn<KV<Long, Iterable<Integer>>, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Long, Iterable<Integer>> element, OutputReceiver<Long> out) {
      long sum = 0;
      for (int each : element.getValue()) {
        sum += each;
      }
      out.output(sum);
    }
  }

  @Test
  void anIterableMayBeEmittedAndReadElsewhere() {
    Pipeline pipeline = pipeline("--parallelism=2");
    int count = 400_000;
    PCollectionView<Iterable<Integer>> view =
        pipeline
            .apply("Side", GenerateSequence.from(0).to(count))
            .apply(MapElements.into(TypeDescriptors.integers()).via(Long::intValue))
            .apply(View.asIterable());
    PCollection<Long> sums =
        pipeline
            .apply("Main", Create.of(1L, 2L, 3L))
            .apply(ParDo.of(new EmitIterableFn(view)).withSideInputs(view))
            .apply(Reshuffle.of())
            .apply(ParDo.of(new SumFn()));
    long sum = (long) count * (count - 1) / 2;
    PAssert.that(sums).containsInAnyOrder(sum, sum, sum);
    assertThat(pipeline.run().getState()).isEqualTo(State.DONE);
  }

  /** Adds the side input's elements, of the same window, up. */
  private static final class AddUpFn extends DoFn<Integer, KV<Integer, Integer>> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Iterable<String>> view;

    AddUpFn(PCollectionView<Iterable<String>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(@Element Integer element, ProcessContext context) {
      int count = 0;
      for (String each : context.sideInput(view)) {
        count += each.startsWith(element + ":") ? 1 : 0;
      }
      context.output(KV.of(element, count));
    }
  }

  /**
   * The side input of each minute comes long after the elements that want it, goes through state,
   * is larger than a bag that memory keeps, and the minutes expire one after the other.
   */
  @ParameterizedTest
  @ValueSource(strings = {"rocksdb", "heap"})
  void unboundedSideInputsComeLateAndLarge(String backend) {
    Pipeline pipeline = pipeline("--stateBackend=" + backend, "--parallelism=2");
    int minutes = 5;
    int perMinute = 40_000;
    TestStream.Builder<String> side = TestStream.create(StringUtf8Coder.of());
    TestStream.Builder<Integer> main = TestStream.create(VarIntCoder.of());
    for (int minute = 0; minute < minutes; minute++) {
      Instant time = new Instant(60_000L * minute + 30_000);
      main = main.addElements(TimestampedValue.of(minute, time));
      for (int part = 0; part < 4; part++) {
        String prefix = minute + ":" + part + ":" + FILLING;
        side =
            side.addElements(
                TimestampedValue.of(prefix, time),
                IntStream.range(1, perMinute / 4)
                    .mapToObj(i -> TimestampedValue.of(prefix + i, time))
                    .toArray(TimestampedValue[]::new));
      }
      side = side.advanceWatermarkTo(new Instant(60_000L * (minute + 1)));
    }
    PCollectionView<Iterable<String>> view =
        pipeline
            .apply("Side", side.advanceWatermarkToInfinity())
            .apply("Side minutes", Window.into(FixedWindows.of(Duration.standardMinutes(1))))
            .apply(View.asIterable());
    PCollection<KV<Integer, Integer>> counts =
        pipeline
            .apply("Main", main.advanceWatermarkToInfinity())
            .apply("Main minutes", Window.into(FixedWindows.of(Duration.standardMinutes(1))))
            .apply(ParDo.of(new AddUpFn(view)).withSideInputs(view));
    PAssert.that(counts)
        .containsInAnyOrder(
            IntStream.range(0, minutes).mapToObj(i -> KV.of(i, perMinute)).toList());
    assertThat(pipeline.run().getState()).isEqualTo(State.DONE);
  }

  /** Emits what the side input has now. */
  private static final class SnapshotFn extends DoFn<Integer, String> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Map<String, Iterable<Integer>>> view;

    SnapshotFn(PCollectionView<Map<String, Iterable<Integer>>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(@Element Integer element, ProcessContext context) {
      List<Integer> values = new ArrayList<>();
      Iterable<Integer> found = context.sideInput(view).get("k");
      if (found != null) {
        found.forEach(values::add);
      }
      values.sort(Integer::compare);
      context.output(element + "=" + values);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theNewestPaneWins(boolean accumulating) {
    Pipeline pipeline = pipeline("--parallelism=2");
    // One script for both, so that main elements come between the firings.
    TestStream<KV<String, Integer>> script =
        TestStream.create(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
            .addElements(KV.of("k", 1))
            .addElements(KV.of("main", 10))
            .addElements(KV.of("k", 2))
            .addElements(KV.of("main", 20))
            .advanceWatermarkToInfinity();
    PCollection<KV<String, Integer>> all = pipeline.apply(script);
    Window<KV<String, Integer>> firing =
        Window.<KV<String, Integer>>configure()
            .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
            .withAllowedLateness(Duration.ZERO);
    PCollectionView<Map<String, Iterable<Integer>>> view =
        all.apply("Side", ParDo.of(new KeepFn("k")))
            .apply(accumulating ? firing.accumulatingFiredPanes() : firing.discardingFiredPanes())
            .apply(View.asMultimap());
    PCollection<String> snapshots =
        all.apply("Main", ParDo.of(new KeepFn("main")))
            .apply(MapElements.into(TypeDescriptors.integers()).via(KV<String, Integer>::getValue))
            .apply(ParDo.of(new SnapshotFn(view)).withSideInputs(view));
    PAssert.that(snapshots).containsInAnyOrder("10=[1]", accumulating ? "20=[1, 2]" : "20=[2]");
    assertThat(pipeline.run().getState()).isEqualTo(State.DONE);
  }

  private static final class KeepFn extends DoFn<KV<String, Integer>, KV<String, Integer>> {
    private static final long serialVersionUID = 1L;
    private final String key;

    KeepFn(String key) {
      this.key = key;
    }

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, OutputReceiver<KV<String, Integer>> out) {
      if (element.getKey().equals(key)) {
        out.output(element);
      }
    }
  }

  private static final class SingletonFn extends DoFn<Integer, Integer> {
    private static final long serialVersionUID = 1L;
    private final PCollectionView<Integer> view;

    SingletonFn(PCollectionView<Integer> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(context.sideInput(view));
    }
  }

  @Test
  void anEmptySideInputHasItsDefaultOrIsTheUsersError() {
    Pipeline withDefault = pipeline();
    PCollectionView<Integer> five =
        withDefault
            .apply("Nothing", Create.empty(VarIntCoder.of()))
            .apply(View.<Integer>asSingleton().withDefaultValue(5));
    PAssert.that(
            withDefault
                .apply("Main", Create.of(1, 2))
                .apply(ParDo.of(new SingletonFn(five)).withSideInputs(five)))
        .containsInAnyOrder(5, 5);
    assertThat(withDefault.run().getState()).isEqualTo(State.DONE);

    Pipeline without = pipeline();
    PCollectionView<Integer> none =
        without.apply("Nothing", Create.empty(VarIntCoder.of())).apply(View.asSingleton());
    without
        .apply("Main", Create.of(1, 2))
        .apply("Read", ParDo.of(new SingletonFn(none)).withSideInputs(none));
    assertThatThrownBy(without::run)
        .hasMessageContaining("Read")
        .hasRootCauseInstanceOf(NoSuchElementException.class);
  }

  @Test
  void aKeyedDoFnWithStateReadsASideInputToo() {
    Pipeline pipeline = pipeline("--parallelism=2");
    PCollectionView<Integer> view = pipeline.apply("Side", Create.of(7)).apply(View.asSingleton());
    PCollection<Integer> numbers =
        pipeline
            .apply("Main", Create.of(IntStream.range(0, 5_000).boxed().toList()))
            .apply(
                WithKeys.<Integer, Integer>of(i -> i % 10).withKeyType(TypeDescriptors.integers()))
            .apply(ParDo.of(new CountFn(view)).withSideInputs(view));
    PAssert.that(numbers.apply(Sum.integersGlobally())).containsInAnyOrder(7 * 5_000);
    assertThat(pipeline.run().getState()).isEqualTo(State.DONE);
  }

  private static final class CountFn extends DoFn<KV<Integer, Integer>, Integer> {
    private static final long serialVersionUID = 1L;

    @StateId("seen")
    private final StateSpec<ValueState<Integer>> seen = StateSpecs.value(VarIntCoder.of());

    private final PCollectionView<Integer> view;

    CountFn(PCollectionView<Integer> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context, @StateId("seen") ValueState<Integer> state) {
      Integer before = state.read();
      state.write(before == null ? 1 : before + 1);
      context.output(context.sideInput(view));
    }
  }
}
