package dev.lintel.benchmarks;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.values.KV;

/**
 * A sum per key with cyclic keys (the worst case for a cache): numbers are generated, each is one
 * more for its key. Checks the result, and prints elements per second over the whole run of the
 * pipeline.
 */
public final class KeyedSum {
  private KeyedSum() {}

  /** The size of the work. */
  public interface Options extends PipelineOptions {
    @Description("How many elements are summed.")
    @Default.Long(5_000_000)
    long getElements();

    void setElements(long value);

    @Description("How many keys they have.")
    @Default.Long(1_000_000)
    long getKeys();

    void setKeys(long value);
  }

  /** Gives a number the key that is its turn. */
  private static final class KeyFn extends DoFn<Long, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;
    private final long keys;

    KeyFn(long keys) {
      this.keys = keys;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<KV<Long, Long>> output) {
      output.output(KV.of(element % keys, 1L));
    }
  }

  /** Counts the keys and adds their sums up. */
  private static final class CheckFn extends DoFn<KV<Long, Long>, Void> {
    private static final long serialVersionUID = 1L;
    private final Counter keys = Metrics.counter(KeyedSum.class, "keys");
    private final Counter total = Metrics.counter(KeyedSum.class, "total");

    @ProcessElement
    public void process(@Element KV<Long, Long> sum) {
      keys.inc();
      total.inc(sum.getValue());
    }
  }

  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Numbers", GenerateSequence.from(0).to(options.getElements()))
        .apply("Key", ParDo.of(new KeyFn(options.getKeys())))
        .apply("Sum", Sum.longsPerKey())
        .apply("Check", ParDo.of(new CheckFn()));
    long start = System.nanoTime();
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    double seconds = (System.nanoTime() - start) / 1e9;
    Result counted = new Result(KeyedSum.class, result);
    counted.expect("keys", Math.min(options.getKeys(), options.getElements()));
    counted.expect("total", options.getElements());
    System.out.printf(
        "%s: %,d elements, %,d keys, %.2f s, %,.0f elements/s%n",
        options.getRunner().getSimpleName(),
        options.getElements(),
        options.getKeys(),
        seconds,
        options.getElements() / seconds);
  }
}
