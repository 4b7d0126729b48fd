package dev.lintel.benchmarks.cases;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;

/** Case (b): a sum for each key. */
final class CombinePerKey implements BenchmarkCase {
  @Override
  public String name() {
    return "combine";
  }

  @Override
  public String title() {
    return "Combine.perKey";
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
        .apply("Sum", Sum.longsPerKey())
        .apply("Count", ParDo.of(new CountFn()));
  }

  @Override
  public int check(Work work) {
    return KeyedResult.check(work);
  }
}
