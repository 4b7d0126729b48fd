package dev.lintel.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Partitioning;
import dev.lintel.translation.plan.SideInput;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.CombineWithContext;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** One transform at a time: which operator it becomes, and what the operator carries. */
final class PipelineTranslatorTest {
  private final Pipeline pipeline = NotRunnable.pipeline();

  private PlanQueries translated() {
    ExecutionPlan plan = PipelineTranslator.translate(pipeline);
    PlanInvariants.check(plan);
    return new PlanQueries(plan);
  }

  private PCollection<String> words() {
    return pipeline.apply("Words", Create.of("a", "b"));
  }

  private PCollection<KV<String, Integer>> keyed() {
    return words().apply("Key", ParDo.of(new TestFns.ToKv()));
  }

  @Test
  void anEmptyPipelineHasNoStage() {
    assertThat(PipelineTranslator.translate(pipeline).stages()).isEmpty();
  }

  @Test
  void impulseIsOneTask() {
    pipeline.apply("Go", Impulse.create()).apply("Map", ParDo.of(new TestFns.Same<>()));
    PlanQueries plan = translated();
    assertThat(plan.operator("Go", Operator.Impulse.class).inputs()).isEmpty();
    assertThat(plan.stageOf("Go").parallel()).isFalse();
    assertThat(plan.stageOf("Map")).isEqualTo(plan.stageOf("Go"));
  }

  @Test
  void boundedReadKeepsItsSourceAndIsParallel() {
    words();
    PlanQueries plan = translated();
    Operator.BoundedRead read = plan.operator("Words", Operator.BoundedRead.class);
    assertThat(read.source().getClass().getSimpleName()).isEqualTo("CreateSource");
    assertThat(read.output().bounded()).isTrue();
    assertThat(read.output().coder()).isEqualTo(StringUtf8Coder.of());
    assertThat(plan.stageOf("Words").parallel()).isTrue();
  }

  @Test
  void unboundedReadKeepsItsSource() {
    pipeline.apply("Numbers", GenerateSequence.from(0));
    Operator.UnboundedRead read = translated().operator("Numbers", Operator.UnboundedRead.class);
    assertThat(read.output().bounded()).isFalse();
  }

  @Test
  void recordsWithIdsAreDeduplicatedByKey() {
    pipeline.apply("Ids", Read.from(new RepeatingSource()));
    PlanQueries plan = translated();
    Operator.UnboundedRead read = plan.operator("Ids", Operator.UnboundedRead.class);
    Operator.Deduplicate deduplicate = plan.operator("Ids", Operator.Deduplicate.class);
    assertThat(read.withRecordIds()).isTrue();
    assertThat(deduplicate.input()).isEqualTo(read.output());
    assertThat(deduplicate.output().coder()).isEqualTo(StringUtf8Coder.of());
    assertThat(plan.exchangesTo("Ids/Deduplicate"))
        .singleElement()
        .satisfies(each -> assertThat(each.partitioning()).isEqualTo(Partitioning.BY_KEY));
  }

  /** A source that may give a record twice. */
  private static final class RepeatingSource extends UnboundedSource<String, RepeatingSource.Mark> {
    /** Where the source stands: nowhere, as it is never read. */
    static final class Mark implements UnboundedSource.CheckpointMark, Serializable {
      private static final long serialVersionUID = 1L;

      @Override
      public void finalizeCheckpoint() {}
    }

    @Override
    public boolean requiresDeduping() {
      return true;
    }

    @Override
    public List<RepeatingSource> split(int splits, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public UnboundedReader<String> createReader(PipelineOptions options, Mark mark) {
      throw new UnsupportedOperationException("Expected to be translated only");
    }

    @Override
    public Coder<Mark> getCheckpointMarkCoder() {
      return SerializableCoder.of(Mark.class);
    }

    @Override
    public Coder<String> getOutputCoder() {
      return StringUtf8Coder.of();
    }
  }

  @Test
  void aSplittableDoFnIsSplitAndProcessedInTwoStages() {
    words().apply("Split", ParDo.of(new TestFns.Splittable()));
    PlanQueries plan = translated();
    Operator.SplitRestrictions split = plan.operator("Split", Operator.SplitRestrictions.class);
    Operator.ProcessRestrictions process =
        plan.operator("Split", Operator.ProcessRestrictions.class);
    assertThat(plan.stageOf("Words")).isEqualTo(plan.stageOf("Split/ParMultiDo(Splittable)/Split"));
    assertThat(process.input()).isEqualTo(split.output());
    assertThat(((KvCoder<?, ?>) split.output().coder()).getKeyCoder())
        .isEqualTo(StringUtf8Coder.of());
    assertThat(plan.all(Operator.ProcessRestrictions.class)).hasSize(1);
    assertThat(plan.exchangesInto(process))
        .singleElement()
        .satisfies(each -> assertThat(each.partitioning()).isEqualTo(Partitioning.REBALANCE));
  }

  @Test
  void aReadThatTheUserWantsAsSplittableDoFnIsOne() {
    Pipeline splittable = NotRunnable.pipeline("--experiments=use_sdf_read");
    splittable.apply("Words", Create.of("a", "aa"));
    PlanQueries plan = new PlanQueries(PipelineTranslator.translate(splittable));
    assertThat(plan.all(Operator.BoundedRead.class)).isEmpty();
    assertThat(plan.all(Operator.ProcessRestrictions.class)).hasSize(1);
  }

  @Test
  void theSamePipelineTranslatesTwice() {
    keyed().apply("Sum", Sum.integersPerKey());
    String first = PipelineTranslator.translate(pipeline).toString();
    assertThat(PipelineTranslator.translate(pipeline).toString()).isEqualTo(first);
  }

  @Test
  void testStreamIsOneTaskWithItsConsumers() {
    pipeline
        .apply(
            "Script",
            TestStream.create(StringUtf8Coder.of()).addElements("a").advanceWatermarkToInfinity())
        .apply("Map", ParDo.of(new TestFns.Same<>()))
        .setCoder(StringUtf8Coder.of());
    PlanQueries plan = translated();
    Operator.TestStreamRead read = plan.operator("Script", Operator.TestStreamRead.class);
    assertThat(read.testStream().getEvents()).hasSize(2);
    assertThat(plan.stageOf("Script").parallel()).isFalse();
    assertThat(plan.stageOf("Map")).isEqualTo(plan.stageOf("Script"));
  }

  @Test
  void windowIntoBecomesAssignWindowsAndItsOutputHasTheWindowing() {
    words().apply("Window", Window.into(FixedWindows.of(Duration.standardMinutes(1))));
    Operator.AssignWindows assign = translated().operator("Window", Operator.AssignWindows.class);
    FixedWindows windows = FixedWindows.of(Duration.standardMinutes(1));
    assertThat(assign.windowFn()).isEqualTo(windows);
    assertThat(assign.output().windowing().getWindowFn()).isEqualTo(windows);
  }

  @Test
  void aChangeOfTriggersOnlyKeepsTheWindowsAndFuses() {
    words()
        .apply(
            "Trigger",
            Window.<String>configure()
                .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(1)))
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes());
    PlanQueries plan = translated();
    assertThat(plan.stageOf("Trigger")).isEqualTo(plan.stageOf("Words"));
    assertThat(plan.operator("Trigger", Operator.Flatten.class).output().windowing().getTrigger())
        .isEqualTo(Repeatedly.forever(AfterPane.elementCountAtLeast(1)));
  }

  @Test
  void groupByKeyTakesItsInputByKey() {
    keyed().apply("Group", GroupByKey.create()).apply("After", ParDo.of(new TestFns.Same<>()));
    PlanQueries plan = translated();
    assertThat(plan.exchangesTo("Group"))
        .singleElement()
        .satisfies(each -> assertThat(each.partitioning()).isEqualTo(Partitioning.BY_KEY));
    assertThat(plan.stageOf("After")).isEqualTo(plan.stageOf("Group"));
    assertThat(plan.stageOf("Key")).isEqualTo(plan.stageOf("Words"));
  }

  @Test
  void combinePerKeyIsOneOperatorWithItsAccumulatorCoder() {
    keyed().apply("Sum", Sum.integersPerKey());
    PlanQueries plan = translated();
    Operator.CombinePerKey sum = plan.operator("Sum", Operator.CombinePerKey.class);
    assertThat(sum.transform()).isEqualTo("Sum");
    assertThat(sum.accumulatorCoder()).isNotNull();
    assertThat(sum.output().coder()).isEqualTo(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()));
    assertThat(plan.all(Operator.GroupByKey.class)).isEmpty();
  }

  @Test
  void combineGloballyCombinesByOneKey() {
    words().apply("Count", Count.globally());
    PlanQueries plan = translated();
    assertThat(plan.all(Operator.CombinePerKey.class)).hasSize(1);
    assertThat(plan.all(Operator.GroupByKey.class)).isEmpty();
  }

  @Test
  void hotKeyFanoutCombinesInTwoSteps() {
    keyed()
        .apply(
            "Sum", Combine.<String, Integer, Integer>perKey(Sum.ofIntegers()).withHotKeyFanout(4));
    assertThat(translated().all(Operator.CombinePerKey.class)).hasSize(2);
  }

  @Test
  void combineWithSideInputsRunsThroughItsExpansion() {
    PCollectionView<Integer> limit =
        pipeline.apply("Limit", Create.of(3)).apply("LimitView", View.asSingleton());
    keyed()
        .apply(
            "Combine",
            Combine.<String, Integer, Integer>perKey(new SumWithLimit()).withSideInputs(limit));
    PlanQueries plan = translated();
    // The singleton view has a combine of its own.
    assertThat(plan.all(Operator.CombinePerKey.class))
        .singleElement()
        .satisfies(each -> assertThat(each.transform()).startsWith("LimitView/"));
    assertThat(plan.all(Operator.GroupByKey.class)).hasSize(1);
    assertThat(plan.operator("Combine/Combine.GroupedValues", Operator.ParDo.class).sideInputs())
        .hasSize(1);
  }

  /** A combine function that reads a side input. */
  private static final class SumWithLimit
      extends CombineWithContext.CombineFnWithContext<Integer, Integer, Integer> {
    @Override
    public Integer createAccumulator(CombineWithContext.Context context) {
      return 0;
    }

    @Override
    public Integer addInput(Integer sum, Integer input, CombineWithContext.Context context) {
      return sum + input;
    }

    @Override
    public Integer mergeAccumulators(Iterable<Integer> sums, CombineWithContext.Context context) {
      int total = 0;
      for (int each : sums) {
        total += each;
      }
      return total;
    }

    @Override
    public Integer extractOutput(Integer sum, CombineWithContext.Context context) {
      return sum;
    }
  }

  @Test
  void reshuffleMovesByKeyAndKeepsTheWindowing() {
    keyed()
        .apply(Window.into(FixedWindows.of(Duration.millis(7))))
        .apply("Shuffle", Reshuffle.of());
    PlanQueries plan = translated();
    Operator.Redistribute shuffle = plan.operator("Shuffle", Operator.Redistribute.class);
    assertThat(shuffle.output().windowing().getWindowFn())
        .isEqualTo(FixedWindows.of(Duration.millis(7)));
    assertThat(plan.exchangesTo("Shuffle").get(0).partitioning()).isEqualTo(Partitioning.BY_KEY);
    assertThat(plan.all(Operator.GroupByKey.class)).isEmpty();
  }

  @Test
  void redistributeByKeyAndArbitrarily() {
    keyed().apply("ByKey", Redistribute.byKey());
    words2().apply("Anywhere", Redistribute.arbitrarily());
    PlanQueries plan = translated();
    assertThat(plan.exchangesTo("ByKey").get(0).partitioning()).isEqualTo(Partitioning.BY_KEY);
    assertThat(plan.exchangesTo("Anywhere").get(0).partitioning())
        .isEqualTo(Partitioning.REBALANCE);
  }

  private PCollection<String> words2() {
    return pipeline.apply("MoreWords", Create.of("c", "cc"));
  }

  @Test
  void everyKindOfStatefulDoFnComesByKey() {
    PCollection<KV<String, Integer>> keyed = keyed();
    keyed.apply("State", ParDo.of(new TestFns.Stateful()));
    keyed.apply("Timer", ParDo.of(new TestFns.WithTimer()));
    keyed.apply("Sorted", ParDo.of(new TestFns.TimeSorted()));
    PlanQueries plan = translated();
    for (String name : List.of("State", "Timer", "Sorted")) {
      assertThat(plan.operator(name, Operator.ParDo.class).stateful()).as(name).isTrue();
      assertThat(plan.exchangesTo(name).get(0).partitioning()).isEqualTo(Partitioning.BY_KEY);
    }
    assertThat(plan.operator("Key", Operator.ParDo.class).stateful()).isFalse();
  }

  @Test
  void severalOutputsKeepTheirTags() {
    TupleTag<String> main = new TupleTag<>("zMain");
    TupleTag<String> rest = new TupleTag<>("aRest");
    PCollectionTuple outputs =
        words()
            .apply(
                "Split",
                ParDo.of(new TestFns.Same<String>()).withOutputTags(main, TupleTagList.of(rest)));
    outputs.get(main).setCoder(StringUtf8Coder.of());
    outputs.get(rest).setCoder(StringUtf8Coder.of());
    outputs.get(rest).apply("UseRest", ParDo.of(new TestFns.ToKv()));
    PlanQueries plan = translated();
    Operator.ParDo split = plan.operator("Split", Operator.ParDo.class);
    assertThat(split.mainOutputTag()).isEqualTo(main);
    // The main output is first, though its tag comes after the other in the alphabet.
    assertThat(split.outputsByTag().keySet().stream().map(tag -> (Object) tag).toList())
        .containsExactly(main, rest);
    Collection used = plan.operator("UseRest", Operator.ParDo.class).input();
    assertThat(split.outputsByTag().get(rest)).isEqualTo(used);
  }

  @Test
  void viewsOfEachKindAreTakenBackOutOfTheProto() {
    PCollection<KV<String, Integer>> keyed = keyed();
    PCollectionView<?> singleton =
        pipeline.apply("One", Create.of(1)).apply("AsSingleton", View.asSingleton());
    List<PCollectionView<?>> views =
        List.of(
            singleton,
            keyed.apply("AsMap", View.asMap()),
            keyed.apply("AsMultimap", View.asMultimap()),
            keyed.apply("AsList", View.asList()),
            keyed.apply("AsIterable", View.asIterable()));
    words2()
        .apply("Read", ParDo.of(new TestFns.Same<String>()).withSideInputs(views))
        .setCoder(StringUtf8Coder.of());
    PlanQueries plan = translated();
    Operator.ParDo read = plan.operator("Read", Operator.ParDo.class);
    assertThat(read.sideInputs().stream().map(SideInput::view).toList())
        .hasSize(5)
        .allSatisfy(each -> assertThat(views.contains(each)).isTrue());
    for (SideInput each : read.sideInputs()) {
      PCollectionView<?> original = views.get(views.indexOf(each.view()));
      assertThat(each.tag()).isEqualTo(original.getTagInternal().getId());
      assertThat(each.view().getViewFn().getClass()).isEqualTo(original.getViewFn().getClass());
      assertThat(each.view().getCoderInternal()).isEqualTo(original.getCoderInternal());
    }
    assertThat(plan.exchangesTo("Read").stream().map(each -> each.partitioning()).toList())
        .filteredOn(each -> each == Partitioning.BROADCAST)
        .hasSize(5);
  }

  @Test
  void aNamedSideInputIsMappedToItsView() {
    PCollectionView<Map<String, Integer>> lengths = keyed().apply("AsMap", View.asMap());
    words2()
        .apply("Read", ParDo.of(new TestFns.NamedSideInput()).withSideInput("lengths", lengths));
    Operator.ParDo read = translated().operator("Read", Operator.ParDo.class);
    assertThat(read.sideInputMapping()).containsOnlyKeys("lengths");
    assertThat(read.sideInputMapping().get("lengths")).isSameAs(read.sideInputs().get(0).view());
    assertThat(read.sideInputs().get(0).view().getPCollection()).isNotNull();
  }

  @Test
  void compositesThatHandTheirInputThroughVanish() {
    words().apply("Outer", new Identity()).apply("Map", ParDo.of(new TestFns.ToKv()));
    assertThat(translated().operator("Map", Operator.ParDo.class).input().name())
        .startsWith("Words");
  }

  /** A composite without a part. */
  private static final class Identity extends PTransform<PCollection<String>, PCollection<String>> {
    @Override
    public PCollection<String> expand(PCollection<String> input) {
      return input;
    }
  }

  @Test
  void namesAreTheUsersFullNames() {
    words().apply("Outer", new Composite());
    Operator.ParDo inner = translated().operator("Outer", Operator.ParDo.class);
    assertThat(inner.transform()).isEqualTo("Outer/Inner/ParMultiDo(ToKv)");
    assertThat(inner.outputs().get(0).name()).isEqualTo("Outer/Inner/ParMultiDo(ToKv).output");
  }

  /** A composite with one part. */
  private static final class Composite
      extends PTransform<PCollection<String>, PCollection<KV<String, Integer>>> {
    @Override
    public PCollection<KV<String, Integer>> expand(PCollection<String> input) {
      return input.apply("Inner", ParDo.of(new TestFns.ToKv()));
    }
  }

  @Test
  void sessionsOnceMergedKeepTheirWindowing() {
    keyed()
        .apply(Window.into(Sessions.withGapDuration(Duration.millis(5))))
        .apply("Group", GroupByKey.create());
    Operator.GroupByKey group = translated().operator("Group", Operator.GroupByKey.class);
    assertThat(group.input().windowing().needsMerge()).isTrue();
    assertThat(group.output().windowing().needsMerge()).isFalse();
  }
}
