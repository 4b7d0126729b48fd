package dev.lintel.translation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.translation.plan.Collection;
import dev.lintel.translation.plan.ExecutionPlan;
import dev.lintel.translation.plan.Operator.CombinePerKey;
import dev.lintel.translation.plan.Operator.PartialCombine;
import dev.lintel.translation.plan.Partial;
import dev.lintel.translation.plan.PartialCoder;
import dev.lintel.translation.plan.Partitioning;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.CombineFnBase.GlobalCombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.transforms.CombineWithContext.Context;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

class CombineLiftingTest {
  private static final WindowingStrategy<Object, ?> FIXED =
      WindowingStrategy.of(FixedWindows.of(Duration.millis(10)));

  @Test
  void aCombineIsSplitBeforeItsExchange() {
    Pipeline pipeline = NotRunnable.pipeline();
    pipeline
        .apply("Words", Create.of("a", "b"))
        .apply("Key", ParDo.of(new TestFns.ToKv()))
        .apply("Sum", Sum.integersPerKey());
    ExecutionPlan translated = PipelineTranslator.translate(pipeline);
    PlanInvariants.check(translated);
    PlanQueries plan = new PlanQueries(translated);
    PartialCombine partial = plan.operator("Sum", PartialCombine.class);
    CombinePerKey sum = plan.operator("Sum", CombinePerKey.class);
    assertThat(partial.combine()).isEqualTo("Sum").isEqualTo(sum.transform());
    assertThat(sum.takesPartials()).isTrue();
    assertThat(sum.input()).isEqualTo(partial.output());
    assertThat(((KvCoder<?, ?>) sum.input().coder()).getValueCoder())
        .isEqualTo(new PartialCoder(VarIntCoder.of(), sum.accumulatorCoder()));
    assertThat(plan.stageOf("Sum/Partial")).isEqualTo(plan.stageOf("Key"));
    assertThat(translated.exchanges())
        .singleElement()
        .satisfies(each -> assertThat(each.partitioning()).isEqualTo(Partitioning.BY_KEY))
        .satisfies(each -> assertThat(each.collection()).isEqualTo(partial.output()));
    assertThat(translated.toString())
        .contains("PartialCombine \"Sum/Partial\" of Sum$SumIntegerFn, from 1")
        .contains("Sum.partial: KvCoder(StringUtf8Coder,PartialCoder(VarIntCoder,DelegateCoder))");
  }

  @Test
  void onlyWhatCanNotBeToldApartIsSplit() {
    assertThat(lifts(FIXED)).isTrue();
    assertThat(lifts(WindowingStrategy.globalDefault())).isTrue();
    assertThat(lifts(WindowingStrategy.of(SlidingWindows.of(Duration.millis(10))))).isTrue();
    assertThat(lifts(FIXED.withAllowedLateness(Duration.millis(5)))).isTrue();
    assertThat(lifts(FIXED.withTrigger(Repeatedly.forever(AfterPane.elementCountAtLeast(3)))))
        .isFalse();
    AfterProcessingTime soon = AfterProcessingTime.pastFirstElementInPane();
    assertThat(lifts(FIXED.withTrigger(Repeatedly.forever(soon)))).isTrue();
    assertThat(lifts(FIXED.withTrigger(soon))).as("elements after its pane are dropped").isFalse();
    assertThat(lifts(FIXED.withTrigger(AfterWatermark.pastEndOfWindow()))).isFalse();
    assertThat(lifts(FIXED.withTimestampCombiner(TimestampCombiner.EARLIEST))).isFalse();
    assertThat(lifts(WindowingStrategy.of(Sessions.withGapDuration(Duration.millis(5))))).isFalse();
    assertThat(lifts(FIXED, new Greatest())).as("a function with a context").isFalse();
  }

  private static boolean lifts(WindowingStrategy<?, ?> windowing) {
    return lifts(windowing, Sum.ofIntegers());
  }

  private static boolean lifts(WindowingStrategy<?, ?> windowing, GlobalCombineFn<?, ?, ?> fn) {
    Coder<?> coder = KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of());
    Collection collection = new Collection("in", "in", coder, windowing, true);
    return CombineLifting.mayLift(
        new CombinePerKey("Sum", fn, VarIntCoder.of(), collection, collection));
  }

  @Test
  void theCoderTellsValuesFromPartials() throws Exception {
    PartialCoder coder = new PartialCoder(StringUtf8Coder.of(), VarIntCoder.of());
    for (Object each : new Object[] {"value", new Partial(7)}) {
      assertThat(CoderUtils.clone(coder, each)).isEqualTo(each);
    }
  }

  /** The greatest number. */
  private static final class Greatest extends CombineFnWithContext<Integer, Integer, Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Integer createAccumulator(Context context) {
      return 0;
    }

    @Override
    public Integer addInput(Integer accumulator, Integer input, Context context) {
      return Math.max(accumulator, input);
    }

    @Override
    public Integer mergeAccumulators(Iterable<Integer> accumulators, Context context) {
      int max = 0;
      for (int each : accumulators) {
        max = Math.max(max, each);
      }
      return max;
    }

    @Override
    public Integer extractOutput(Integer accumulator, Context context) {
      return accumulator;
    }
  }
}
