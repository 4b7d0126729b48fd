package dev.lintel.validates.beside;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;

/** A pipeline that prints a sum, and how large the largest bundle was on the way. */
public final class SumOfNumbers {
  private static final int NUMBERS = 25_000;
  private static final AtomicInteger LARGEST_BUNDLE = new AtomicInteger();

  private SumOfNumbers() {}

  /** Counts what is in each bundle. */
  private static final class CountBundles extends DoFn<Long, Long> {
    private int elements;

    @StartBundle
    public void startBundle() {
      elements = 0;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> output) {
      LARGEST_BUNDLE.accumulateAndGet(++elements, Math::max);
      output.output(number);
    }
  }

  private static final class Print extends DoFn<Long, Void> {
    @ProcessElement
    public void process(@Element Long sum) {
      System.out.println("sum=" + sum);
    }
  }

  public static void main(String[] args) {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(args).create());
    pipeline
        .apply("Numbers", GenerateSequence.from(0).to(NUMBERS))
        .apply("CountBundles", ParDo.of(new CountBundles()))
        .apply("Sum", Sum.longsGlobally())
        .apply("Print", ParDo.of(new Print()));
    System.out.println("state=" + pipeline.run().waitUntilFinish());
    System.out.println("largestBundle=" + LARGEST_BUNDLE);
  }
}
