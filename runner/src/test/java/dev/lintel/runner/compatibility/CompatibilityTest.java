package dev.lintel.runner.compatibility;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lintel.runner.operator.KeptGears;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.HoldListener;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.StateBackend;
import dev.lintel.state.StateSelection;
import dev.lintel.state.StoredSnapshot;
import dev.lintel.state.TaskState;
import dev.lintel.state.layout.StateKeyLayout.DictionaryName;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.StateSnapshot;
import dev.lintel.translation.PipelineTranslator;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pipelines that change between a checkpoint and its restore. */
class CompatibilityTest {
  private static final Duration MINUTE = Duration.standardMinutes(1);
  private static final Schema NAME = Schema.builder().addStringField("name").build();
  private static final Schema NAME_AND_AGE =
      Schema.builder()
          .addNullableField("age", Schema.FieldType.INT32)
          .addStringField("name")
          .build();

  @TempDir Path directory;

  /** Reads of the same input in every pipeline, then what the test is about. */
  private interface Body extends Consumer<PCollection<KV<String, Integer>>> {}

  private static ExecutionPlan plan(Body body) {
    Pipeline pipeline = Pipeline.create();
    body.accept(
        pipeline.apply(
            "Read",
            Create.of(KV.of("a", 1))
                .withCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))));
    return PipelineTranslator.translate(pipeline);
  }

  /** The description as the checkpoint has it. */
  private static Compatibility.Checkpoint checkpoint(ExecutionPlan plan, String... inFlight) {
    ObjectMapper json = new ObjectMapper();
    try {
      JsonNode description =
          json.readTree(json.writeValueAsString(PlanDescription.of(plan, KeptGears.NONE)));
      return new Compatibility.Checkpoint(
          "checkpoint 7", description, transforms(plan), Set.of(inFlight), 128);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Compatibility.Rules rules(String renames, boolean allowUnrestoredState) {
    return new Compatibility.Rules(Renames.parse(renames), allowUnrestoredState, 2, null);
  }

  private static Compatibility check(Body before, Body after, String renames) {
    return Compatibility.check(checkpoint(plan(before)), plan(after), rules(renames, false));
  }

  /** A ParDo has its DoFn's class in its name: what the tests are about is another change. */
  private static String renamesOfClasses(Body before, Body after) {
    Map<String, String> now = new HashMap<>();
    transforms(plan(after)).forEach(each -> now.put(withoutClass(each), each));
    return transforms(plan(before)).stream()
        .filter(each -> !now.getOrDefault(withoutClass(each), each).equals(each))
        .map(each -> each + "=" + now.get(withoutClass(each)))
        .collect(Collectors.joining(","));
  }

  private static String withoutClass(String transform) {
    return transform.replaceAll("ParMultiDo\\(.*\\)", "ParMultiDo");
  }

  private static Set<String> transforms(ExecutionPlan plan) {
    return plan.stages().stream()
        .flatMap(stage -> stage.operators().stream())
        .map(Operator::transform)
        .collect(Collectors.toSet());
  }

  // ---- pipelines ----

  /** A DoFn with one state. */
  private static class WithValue<T> extends DoFn<KV<String, Integer>, Integer> {
    @StateId("seen")
    private final StateSpec<ValueState<T>> seen;

    WithValue(Coder<T> coder) {
      seen = StateSpecs.value(coder);
    }

    @ProcessElement
    public void process(@StateId("seen") ValueState<T> state) {
      state.clear();
    }
  }

  private static final class WithBag extends DoFn<KV<String, Integer>, Integer> {
    @StateId("seen")
    private final StateSpec<BagState<Integer>> seen = StateSpecs.bag(VarIntCoder.of());

    @ProcessElement
    public void process(@StateId("seen") BagState<Integer> state) {
      state.clear();
    }
  }

  private static final class WithTwo extends DoFn<KV<String, Integer>, Integer> {
    @StateId("seen")
    private final StateSpec<ValueState<Integer>> seen = StateSpecs.value(VarIntCoder.of());

    @StateId("more")
    private final StateSpec<BagState<Integer>> more = StateSpecs.bag(VarIntCoder.of());

    @ProcessElement
    public void process(
        @StateId("seen") ValueState<Integer> state, @StateId("more") BagState<Integer> bag) {
      state.clear();
      bag.clear();
    }
  }

  private static final class WithTimer extends WithValue<Integer> {
    @TimerId("later")
    private final TimerSpec later = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    WithTimer() {
      super(VarIntCoder.of());
    }

    @OnTimer("later")
    public void later() {}
  }

  private static final class WithOtherTimer extends WithValue<Integer> {
    @TimerId("later")
    private final TimerSpec later = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    WithOtherTimer() {
      super(VarIntCoder.of());
    }

    @OnTimer("later")
    public void later() {}
  }

  private static final class Stateless extends DoFn<KV<String, Integer>, Integer> {
    @ProcessElement
    public void process(@Element KV<String, Integer> element, OutputReceiver<Integer> output) {
      output.output(element.getValue());
    }
  }

  private static Body parDo(String name, DoFn<KV<String, Integer>, Integer> fn) {
    return input -> input.apply(name, ParDo.of(fn));
  }

  private static Body integers(String name) {
    return parDo(name, new WithValue<>(VarIntCoder.of()));
  }

  private static Body grouped(Window<KV<String, Integer>> window) {
    return input -> input.apply("Window", window).apply("Group", GroupByKey.create());
  }

  private static Window<KV<String, Integer>> fixed(long minutes) {
    return Window.into(FixedWindows.of(MINUTE.multipliedBy(minutes)));
  }

  private static Window<KV<String, Integer>> triggered(int early) {
    return fixed(1)
        .triggering(
            AfterWatermark.pastEndOfWindow()
                .withEarlyFirings(AfterPane.elementCountAtLeast(early))
                .withLateFirings(AfterPane.elementCountAtLeast(1)))
        .withAllowedLateness(MINUTE)
        .discardingFiredPanes();
  }

  private static Body sideInput(String view) {
    return input -> {
      PCollectionView<List<Integer>> side =
          input
              .getPipeline()
              .apply(view, Create.of(1, 2).withCoder(VarIntCoder.of()))
              .apply(view + "AsList", View.asList());
      input.apply(
          "Use",
          ParDo.of(
                  new DoFn<KV<String, Integer>, Integer>() {
                    @ProcessElement
                    public void process(ProcessContext context) {
                      context.output(context.sideInput(side).size());
                    }
                  })
              .withSideInputs(side));
    };
  }

  // ---- what is allowed ----

  static Stream<Arguments> allowed() {
    return Stream.of(
        Arguments.of(integers("Count"), integers("Count")),
        Arguments.of(
            integers("Count"),
            (Body)
                input -> {
                  integers("Count").accept(input);
                  integers("Another").accept(input);
                }),
        Arguments.of(integers("Count"), parDo("Count", new WithTwo())),
        Arguments.of(integers("Count"), parDo("Count", new WithTimer())),
        Arguments.of(parDo("Count", new Stateless()), integers("Count")),
        Arguments.of(grouped(fixed(1)), grouped(fixed(5))),
        Arguments.of(
            grouped(fixed(1)), grouped(Window.into(SlidingWindows.of(MINUTE).every(MINUTE)))),
        Arguments.of(grouped(triggered(1)), grouped(triggered(10))),
        Arguments.of(sideInput("Side"), sideInput("Side")),
        Arguments.of(
            (Body) input -> input.apply("Sum", Sum.integersPerKey()),
            (Body) input -> input.apply("Sum", Sum.integersPerKey())));
  }

  @ParameterizedTest
  @MethodSource("allowed")
  void thePipelineGoesOn(Body before, Body after) {
    Compatibility found = check(before, after, renamesOfClasses(before, after));
    assertThat(found.left()).isEmpty();
    assertThat(found.migrations()).isZero();
  }

  // ---- what is refused ----

  static Stream<Arguments> refused() {
    return Stream.concat(refusedState(), refusedGroupings());
  }

  private static Stream<Arguments> refusedState() {
    return Stream.of(
        Arguments.of(
            integers("Count"),
            parDo("Count", new WithValue<>(VarLongCoder.of())),
            "transform 'Count/ParMultiDo(WithValue)': state 'seen': expected coder VarIntCoder as in"
                + " the checkpoint, but found VarLongCoder"),
        Arguments.of(
            integers("Count"),
            parDo("Count", new WithBag()),
            "state 'seen': expected VALUE as in the checkpoint, but it is BAG"),
        Arguments.of(
            parDo("Count", new WithTimer()),
            parDo("Count", new WithOtherTimer()),
            "expected timer 'later' in EVENT_TIME as in the checkpoint, but it is in"
                + " PROCESSING_TIME now"),
        Arguments.of(
            parDo("Count", new WithTimer()),
            integers("Count"),
            "expected timer 'later' in EVENT_TIME as in the checkpoint, but it is gone"),
        Arguments.of(
            parDo("Count", new WithTwo()), integers("Count"), "nothing takes state 'more' of"),
        Arguments.of(
            integers("Count"),
            integers("Total"),
            "nothing takes what ParDo 'Count/ParMultiDo(WithValue)' has kept. If a transform has"
                + " another name now, say so (--renames=old=new); if what it kept is not needed, leave"
                + " it behind (--allowUnrestoredState)"),
        Arguments.of(integers("Count"), parDo("Count", new Stateless()), "nothing takes"),
        Arguments.of(
            integers("Count"),
            (Body) input -> input.apply("Count", GroupByKey.create()),
            "nothing takes"));
  }

  private static Stream<Arguments> refusedGroupings() {
    Body keyedByInt =
        input ->
            input
                .apply("Swap", ParDo.of(new Swap()))
                .setCoder(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of()))
                .apply("Group", GroupByKey.create());
    Body keyedByText =
        input ->
            input
                .apply("Swap", ParDo.of(new Stateless()))
                .apply("Keys", WithKeys.of("k"))
                .setCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
                .apply("Group", GroupByKey.create());
    return Stream.of(
        Arguments.of(
            keyedByText,
            keyedByInt,
            "transform 'Group': expected key coder StringUtf8Coder as in the checkpoint, but found"
                + " VarIntCoder"),
        Arguments.of(
            grouped(fixed(1)),
            grouped(Window.into(Sessions.withGapDuration(MINUTE))),
            "expected grouped 'by window' as in the checkpoint, but it is 'by merging windows' now"),
        Arguments.of(
            grouped(Window.into(Sessions.withGapDuration(MINUTE))),
            grouped(
                Window.<KV<String, Integer>>into(Sessions.withGapDuration(MINUTE))
                    .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
                    .withAllowedLateness(Duration.ZERO)
                    .discardingFiredPanes()),
            "expected grouped 'by merging windows' as in the checkpoint, but it is 'by trigger'"),
        Arguments.of(
            grouped(fixed(1)),
            (Body) input -> input.apply("Group", GroupByKey.create()),
            "expected window coder IntervalWindow$IntervalWindowCoder as in the checkpoint, but found"
                + " GlobalWindow$Coder"),
        Arguments.of(
            grouped(triggered(1)),
            grouped(triggered(1).triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))),
            "expected triggers 'AfterWatermark"),
        Arguments.of(
            grouped(triggered(1)),
            grouped(triggered(1).accumulatingFiredPanes()),
            "expected accumulation mode 'DISCARDING_FIRED_PANES'"),
        Arguments.of(
            grouped(triggered(1)),
            grouped(triggered(1).withAllowedLateness(Duration.ZERO)),
            "expected allowed lateness '60000 ms' as in the checkpoint, but it is '0 ms' now"),
        Arguments.of(
            grouped(fixed(1)),
            grouped(fixed(1).withTimestampCombiner(TimestampCombiner.EARLIEST)),
            "expected timestamp combiner 'END_OF_WINDOW'"),
        Arguments.of(sideInput("Side"), sideInput("Other"), "what GatherView 'SideAsList/"));
  }

  private static final class Swap extends DoFn<KV<String, Integer>, KV<Integer, String>> {
    @ProcessElement
    public void process(
        @Element KV<String, Integer> element, OutputReceiver<KV<Integer, String>> output) {
      output.output(KV.of(element.getValue(), element.getKey()));
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void thePipelineIsRefused(Body before, Body after, String why) {
    String renames = renamesOfClasses(before, after);
    assertThatThrownBy(() -> check(before, after, renames))
        .isInstanceOf(IncompatiblePipelineException.class)
        .hasMessageStartingWith(
            "Expected a pipeline that can go on from checkpoint 7, but it can't:")
        .hasMessageContaining(why)
        .hasMessageEndingWith("begin without it (--restore=none).");
  }

  @Test
  void keyGroupsStayAsTheyAre() {
    ExecutionPlan plan = plan(integers("Count"));
    Compatibility.Checkpoint checkpoint = checkpoint(plan);
    Compatibility.check(checkpoint, plan, keyGroups(128, 128));
    Compatibility.check(checkpoint, plan, keyGroups(128, null));
    assertThatThrownBy(() -> Compatibility.check(checkpoint, plan, keyGroups(2, 64)))
        .hasMessageContaining("expected --maxParallelism=128 as in the checkpoint, but it is 64");
    assertThatThrownBy(() -> Compatibility.check(checkpoint, plan, keyGroups(129, null)))
        .hasMessageContaining(
            "expected --parallelism of at most 128, the --maxParallelism of the checkpoint, but it"
                + " is 129");
  }

  private static Compatibility.Rules keyGroups(int parallelism, @Nullable Integer maxParallelism) {
    return new Compatibility.Rules(Renames.parse(""), false, parallelism, maxParallelism);
  }

  @Test
  void oneErrorNamesAllProblems() {
    Body before =
        input -> {
          integers("One").accept(input);
          integers("Two").accept(input);
          integers("Three").accept(input);
        };
    Body after =
        input -> {
          parDo("One", new WithValue<>(VarLongCoder.of())).accept(input);
          parDo("Two", new WithValue<>(StringUtf8Coder.of())).accept(input);
        };
    assertThatThrownBy(() -> check(before, after, "Four=Five"))
        .hasMessageContaining("'One/ParMultiDo(WithValue)'")
        .hasMessageContaining("'Two/ParMultiDo(WithValue)'")
        .hasMessageContaining("'Three/ParMultiDo(WithValue)'")
        .hasMessageContaining("--renames: the checkpoint has no transform 'Four'")
        .hasMessageContaining("--renames: the pipeline has no transform 'Five'");
  }

  // ---- what is taken ----

  @Test
  void whatNothingTakesIsLeftIfTheUserSaysSo() {
    ExecutionPlan after = plan(integers("Count"));
    Body before =
        input -> {
          parDo("Count", new WithTwo()).accept(input);
          integers("Gone").accept(input);
        };
    Compatibility.Checkpoint checkpoint = checkpoint(plan(before));
    // Both have the same kind of name for the same transform.
    Compatibility found =
        Compatibility.check(
            checkpoint,
            after,
            rules("Count/ParMultiDo(WithTwo)=Count/ParMultiDo(WithValue)", true));
    assertThat(found.left())
        .containsExactly(
            "state 'more' of transform 'Count/ParMultiDo(WithTwo)'",
            "what ParDo 'Gone/ParMultiDo(WithValue)' has kept");
    StateSelection selection = found.selection(Set.of("Count/ParMultiDo(WithValue)"));
    assertThat(selection.names())
        .containsOnlyKeys("Count/ParMultiDo(WithTwo)")
        .containsValue("Count/ParMultiDo(WithValue)");
    assertThat(selection.left())
        .containsExactly(new DictionaryName("Count/ParMultiDo(WithTwo)", "umore"));
  }

  /** Beam counts views: their tags are other ones when there is one more. */
  @Test
  void sideInputsGoByTheirCollections() {
    Body after =
        input -> {
          input.apply("Before", View.asList());
          sideInput("Side").accept(input);
        };
    assertThat(check(sideInput("Side"), after, "").left()).isEmpty();
    assertThat(check(sideInput("Side"), sideInput("New"), "Side=New,SideAsList=NewAsList").left())
        .isEmpty();
  }

  @Test
  void elementsOnTheirWayHaveToFit() {
    ExecutionPlan before = plan(grouped(fixed(1)));
    String input =
        PlanDescription.inputs(before).keySet().stream()
            .filter(each -> each.startsWith("Group <"))
            .findFirst()
            .orElseThrow();
    Compatibility.Checkpoint checkpoint = checkpoint(before, input);
    Compatibility.check(checkpoint, plan(grouped(fixed(5))), rules("", false));
    assertThatThrownBy(
            () -> Compatibility.check(checkpoint, plan(integers("Count")), rules("", false)))
        .hasMessageContaining("elements on their way in '" + input + "'");
  }

  /** From the description to the values. */
  @Test
  void valuesOfAGrownSchemaAreThereUnderTheNewName() throws IOException {
    Compatibility found =
        check(
            parDo("Old", new WithValue<>(RowCoder.of(NAME))),
            parDo("New", new WithValue<>(RowCoder.of(NAME_AND_AGE))),
            "Old=New");
    assertThat(found.migrations()).isEqualTo(1);
    String oldName = "Old/ParMultiDo(WithValue)";
    String newName = "New/ParMultiDo(WithValue)";
    try (StateBackend backend = new HeapStateBackend()) {
      StoredSnapshot stored = stored(backend, oldName);
      KeyGroupRange all = new KeyGroupRange(0, 16);
      try (TaskState task =
          backend.restore("new", all, 16, List.of(stored), found.selection(Set.of(newName)))) {
        KeyedStateInternals state = task.keyedState(newName, NO_HOLDS);
        state.setCurrentKey(EncodedKey.EMPTY, null);
        assertThat(state.state(StateNamespaces.global(), tag(NAME_AND_AGE)).read())
            .isEqualTo(Row.withSchema(NAME_AND_AGE).addValues(null, "Ada").build());
      }
    }
  }

  private StoredSnapshot stored(StateBackend backend, String transform) throws IOException {
    KeyGroupRange all = new KeyGroupRange(0, 16);
    try (TaskState task = backend.open("old", all, 16)) {
      KeyedStateInternals state = task.keyedState(transform, NO_HOLDS);
      state.setCurrentKey(EncodedKey.EMPTY, null);
      state
          .state(StateNamespaces.global(), tag(NAME))
          .write(Row.withSchema(NAME).addValue("Ada").build());
      try (StateSnapshot snapshot = task.portableSnapshot()) {
        for (SnapshotFile file : snapshot.files()) {
          try (OutputStream out = Files.newOutputStream(directory.resolve(file.name()))) {
            file.writeTo(out);
          }
        }
        return new StoredSnapshot(snapshot.format(), all, directory);
      }
    }
  }

  private static StateTag<ValueState<Row>> tag(Schema schema) {
    return StateTags.value("seen", RowCoder.of(schema));
  }

  private static final HoldListener NO_HOLDS =
      new HoldListener() {
        @Override
        public void holdAdded(long timestampMillis) {}

        @Override
        public void holdRemoved(long timestampMillis) {}
      };
}
