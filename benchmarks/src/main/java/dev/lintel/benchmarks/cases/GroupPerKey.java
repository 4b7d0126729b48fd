package dev.lintel.benchmarks.cases;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;

/** Case (c): every element reaches its key's group, and is read there once. */
final class GroupPerKey implements BenchmarkCase {
  @Override
  public String name() {
    return "group";
  }

  @Override
  public String title() {
    return "GroupByKey";
  }

  @Override
  public List<Work> works() {
    return List.of(Work.cyclic(10_000_000, 1_000_000), Work.zipf(10_000_000, 1_000_000));
  }

  @Override
  public void prepare(Work work) {
    Keys.of(work).warm();
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    pipeline
        .apply("Numbers", Numbers.upTo(work.elements()))
        .apply("Key", ParDo.of(new KeyFn(Keys.of(work))))
        .apply("Group", GroupByKey.create())
        .apply("Add", ParDo.of(new AddFn()))
        .apply("Count", ParDo.of(new CountFn()));
  }

  @Override
  public int check(Work work) {
    return KeyedResult.check(work);
  }

  private static final class AddFn extends DoFn<KV<Long, Iterable<Long>>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(
        @Element KV<Long, Iterable<Long>> group, OutputReceiver<KV<Long, Long>> output) {
      long sum = 0;
      for (Long value : group.getValue()) {
        sum += value;
      }
      output.output(KV.of(group.getKey(), sum));
    }
  }
}
