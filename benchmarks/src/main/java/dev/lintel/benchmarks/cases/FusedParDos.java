package dev.lintel.benchmarks.cases;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;

/** Case (a): three ParDos that a runner can call one after the other, and nothing else. */
final class FusedParDos implements BenchmarkCase {
  private static final long FACTOR = 3;
  private static final long SUMMAND = 7;

  @Override
  public String name() {
    return "pardo";
  }

  @Override
  public String title() {
    return "three fused ParDos";
  }

  @Override
  public List<Work> works() {
    return List.of(Work.unkeyed(10_000_000));
  }

  @Override
  public void build(Pipeline pipeline, Work work) {
    pipeline
        .apply("Numbers", Numbers.upTo(work.elements()))
        .apply("Multiply", ParDo.of(new MultiplyFn()))
        .apply("Add", ParDo.of(new AddFn()))
        .apply("Sum", ParDo.of(new SumFn()));
  }

  @Override
  public int check(Work work) {
    long count = work.elements();
    return Tally.expect("count", count)
        + Tally.expect("sum", FACTOR * (count * (count - 1) / 2) + SUMMAND * count);
  }

  private static final class MultiplyFn extends DoFn<Long, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> output) {
      output.output(element * FACTOR);
    }
  }

  private static final class AddFn extends DoFn<Long, Long> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> output) {
      output.output(element + SUMMAND);
    }
  }

  private static final class SumFn extends DoFn<Long, Void> {
    private static final long serialVersionUID = 1L;
    private transient long count;
    private transient long sum;

    @ProcessElement
    public void process(@Element Long element) {
      count++;
      sum += element;
    }

    @FinishBundle
    public void finishBundle() {
      Tally.add("count", count);
      Tally.add("sum", sum);
      count = 0;
      sum = 0;
    }
  }
}
