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
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;

/**
 * A count per key by a stateful DoFn in the global window, over more keys than the heap could hold.
 * Every key comes as often as the others; checks that each has been counted that often, and prints
 * elements per second over the whole run of the pipeline.
 */
public final class StatefulCount {
  private StatefulCount() {}

  /** The size of the work. */
  public interface Options extends PipelineOptions {
    @Description("How many distinct keys there are.")
    @Default.Long(5_000_000)
    long getKeys();

    void setKeys(long value);

    @Description("How often each key comes.")
    @Default.Long(2)
    long getTimes();

    void setTimes(long value);
  }

  /** Gives a number the key that is its turn. */
  private static final class KeyFn extends DoFn<Long, KV<String, Long>> {
    private static final long serialVersionUID = 1L;
    private final long keys;

    KeyFn(long keys) {
      this.keys = keys;
    }

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<KV<String, Long>> output) {
      output.output(KV.of("user-" + element % keys, element));
    }
  }

  private static final class CountFn extends DoFn<KV<String, Long>, Void> {
    private static final long serialVersionUID = 1L;
    private final long times;
    private final Counter begun = Metrics.counter(StatefulCount.class, "begun");
    private final Counter complete = Metrics.counter(StatefulCount.class, "complete");

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value();

    CountFn(long times) {
      this.times = times;
    }

    @ProcessElement
    public void process(@StateId("count") ValueState<Long> count) {
      Long before = count.read();
      long now = before == null ? 1 : before + 1;
      count.write(now);
      if (now == 1) {
        begun.inc();
      }
      if (now == times) {
        complete.inc();
      }
    }
  }

  public static void main(String[] args) {
    Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
    long elements = options.getKeys() * options.getTimes();
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("Numbers", GenerateSequence.from(0).to(elements))
        .apply("Key", ParDo.of(new KeyFn(options.getKeys())))
        .apply("Count", ParDo.of(new CountFn(options.getTimes())));
    long start = System.nanoTime();
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();
    double seconds = (System.nanoTime() - start) / 1e9;
    Result counted = new Result(StatefulCount.class, result);
    counted.expect("begun", options.getKeys());
    counted.expect("complete", options.getKeys());
    System.out.printf(
        "%s: %,d distinct keys, each %d times, heap %,d MiB, %.2f s, %,.0f elements/s%n",
        options.getRunner().getSimpleName(),
        options.getKeys(),
        options.getTimes(),
        Runtime.getRuntime().maxMemory() >> 20,
        seconds,
        elements / seconds);
  }
}
