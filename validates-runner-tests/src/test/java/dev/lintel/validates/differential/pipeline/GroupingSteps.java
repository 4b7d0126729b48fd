package dev.lintel.validates.differential.pipeline;

import dev.lintel.validates.differential.spec.Op;
import java.util.List;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.CombineWithContext;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Distinct;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.Mean;
import org.apache.beam.sdk.transforms.Min;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Top;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Builds the steps that group by key and window. */
final class GroupingSteps {
  private static final TupleTag<Long> LEFT = new TupleTag<>("left");
  private static final TupleTag<Long> RIGHT = new TupleTag<>("right");

  private GroupingSteps() {}

  static PCollection<KV<String, Long>> apply(
      String name, Op.Group group, PCollection<KV<String, Long>> input) {
    int n = group.n();
    return switch (group.kind()) {
      case DIGEST -> grouped(name, input).apply(name + "-digest", ParDo.of(new DigestGroup()));
      case EACH -> grouped(name, input).apply(name + "-each", ParDo.of(new EachOfGroup()));
      case SUM -> input.apply(name, Sum.longsPerKey());
      case MIN -> input.apply(name, Min.longsPerKey());
      case MAX -> input.apply(name, Max.longsPerKey());
      case MEAN -> results(name, input, Mean.perKey(), mean -> Math.round(mean * 1_000));
      case COUNT -> input.apply(name, Count.perKey());
      case LARGEST -> results(name, input, Top.largestPerKey(n), Digest::of);
      case SUM_WITH_CONTEXT -> input.apply(name, Combine.perKey(new SumWithContext()));
      case SUM_WITH_FANOUT ->
          input.apply(name, Combine.<String, Long, Long>perKey(Sum.ofLongs()).withHotKeyFanout(n));
      case SUM_GLOBALLY ->
          all(
              name,
              input
                  .apply(name + "-values", Values.create())
                  .apply(name, Combine.globally(Sum.ofLongs()).withoutDefaults()));
      case SUM_GLOBALLY_WITH_FANOUT ->
          all(
              name,
              input
                  .apply(name + "-values", Values.create())
                  .apply(name, Combine.globally(Sum.ofLongs()).withFanout(n).withoutDefaults()));
      case COUNT_EACH -> countEach(name, input);
      case DISTINCT -> input.apply(name, Distinct.create());
      case EARLY_PANES_TOGETHER -> together(name, n, input);
      case ON_TIME_PANE_ONLY -> onTime(name, n, input);
    };
  }

  private static PCollection<KV<String, Iterable<Long>>> grouped(
      String name, PCollection<KV<String, Long>> input) {
    return input.apply(name, GroupByKey.create());
  }

  private static <T> PCollection<KV<String, Long>> results(
      String name,
      PCollection<KV<String, Long>> input,
      PTransform<PCollection<KV<String, Long>>, PCollection<KV<String, T>>> combine,
      SerializableFunction<T, Long> toLong) {
    return input
        .apply(name, combine)
        .apply(
            name + "-result",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
                .via(kv -> KV.of(kv.getKey(), toLong.apply(kv.getValue()))));
  }

  private static PCollection<KV<String, Long>> all(String name, PCollection<Long> sums) {
    return sums.apply(
        name + "-all",
        MapElements.into(TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
            .via(sum -> KV.of("all", sum)));
  }

  private static PCollection<KV<String, Long>> countEach(
      String name, PCollection<KV<String, Long>> input) {
    PCollection<KV<KV<String, Long>, Long>> counts = input.apply(name, Count.perElement());
    return counts.apply(
        name + "-key",
        MapElements.into(TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.longs()))
            .via(kv -> KV.of(kv.getKey().getKey() + kv.getKey().getValue(), kv.getValue())));
  }

  /** How the panes are cut is the runner's choice, what is in all of them together is not. */
  private static PCollection<KV<String, Long>> together(
      String name, int n, PCollection<KV<String, Long>> input) {
    return grouped(name, input.apply(name + "-early", Windows.early(input, n, false)))
        .apply(name + "-each", ParDo.of(new EachOfGroup()))
        .setCoder(PipelineBuilder.CODER)
        .apply(name + "-default", defaultTrigger());
  }

  /** How many panes come before the one on time is the runner's choice, what is in that is not. */
  private static PCollection<KV<String, Long>> onTime(
      String name, int n, PCollection<KV<String, Long>> input) {
    return grouped(name, input.apply(name + "-early", Windows.early(input, n, true)))
        .apply(name + "-on-time", ParDo.of(new OnTimeOnly()))
        .apply(name + "-digest", ParDo.of(new DigestGroup()))
        .setCoder(PipelineBuilder.CODER)
        .apply(name + "-default", defaultTrigger());
  }

  private static Window<KV<String, Long>> defaultTrigger() {
    return Window.<KV<String, Long>>configure()
        .triggering(DefaultTrigger.of())
        .discardingFiredPanes();
  }

  static PCollection<KV<String, Long>> join(
      String name, PCollection<KV<String, Long>> left, PCollection<KV<String, Long>> right) {
    return KeyedPCollectionTuple.of(LEFT, left)
        .and(RIGHT, right)
        .apply(name, CoGroupByKey.create())
        .apply(name + "-digest", ParDo.of(new DigestJoin()));
  }

  private static final class DigestGroup
      extends DoFn<KV<String, Iterable<Long>>, KV<String, Long>> {
    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Long>> group, OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of(group.getKey(), Digest.of(group.getValue())));
    }
  }

  private static final class EachOfGroup
      extends DoFn<KV<String, Iterable<Long>>, KV<String, Long>> {
    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Long>> group, OutputReceiver<KV<String, Long>> out) {
      for (Long value : group.getValue()) {
        out.output(KV.of(group.getKey(), value));
      }
    }
  }

  private static final class OnTimeOnly
      extends DoFn<KV<String, Iterable<Long>>, KV<String, Iterable<Long>>> {
    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Long>> group,
        PaneInfo pane,
        OutputReceiver<KV<String, Iterable<Long>>> out) {
      if (pane.getTiming() == PaneInfo.Timing.ON_TIME) {
        out.output(group);
      }
    }
  }

  private static final class DigestJoin extends DoFn<KV<String, CoGbkResult>, KV<String, Long>> {
    @ProcessElement
    public void process(
        @Element KV<String, CoGbkResult> joined, OutputReceiver<KV<String, Long>> out) {
      CoGbkResult groups = joined.getValue();
      long left = Digest.of(groups.getAll(LEFT));
      long right = Digest.of(groups.getAll(RIGHT));
      out.output(KV.of(joined.getKey(), Digest.of(List.of(2 * left, 2 * right + 1))));
    }
  }

  private static final class SumWithContext
      extends CombineWithContext.CombineFnWithContext<Long, Long, Long> {
    @Override
    public Long createAccumulator(CombineWithContext.Context context) {
      return 0L;
    }

    @Override
    public Long addInput(Long sum, Long input, CombineWithContext.Context context) {
      return sum + input;
    }

    @Override
    public Long mergeAccumulators(Iterable<Long> sums, CombineWithContext.Context context) {
      long total = 0;
      for (long sum : sums) {
        total += sum;
      }
      return total;
    }

    @Override
    public Long extractOutput(Long sum, CombineWithContext.Context context) {
      return sum;
    }

    @Override
    public Long defaultValue() {
      return 0L;
    }
  }
}
