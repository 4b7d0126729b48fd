package dev.lintel.benchmarks.cases;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;

/** A single element: what is measured is how long the process lives for it. */
final class Trivial implements BenchmarkCase {
  @Override
  public String name() {
    return "startup";
  }

  @Override
  public String title() {
    return "trivial pipeline, process start to exit";
  }

  @Override
  public boolean startUp() {
    return true;
  }

  @Override
  public List<Work> works() {
    return List.of(Work.unkeyed(1));
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    pipeline.apply("Numbers", Numbers.upTo(work.elements())).apply("See", ParDo.of(new SeeFn()));
  }

  @Override
  public int check(Work work) {
    return Tally.expect("seen", work.elements());
  }

  private static final class SeeFn extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process() {
      Tally.add("seen", 1);
      System.out.println(RUNNING);
    }
  }
}
