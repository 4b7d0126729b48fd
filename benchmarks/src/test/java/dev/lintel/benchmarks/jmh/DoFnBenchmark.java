package dev.lintel.benchmarks.jmh;

import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Operator.ParDo;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowedValue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * An element through the operator of a DoFn: one that puts out what it takes, one that declares
 * state and does not touch it, and one that counts its keys in state.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DoFnBenchmark {
  private static final int KEYS = 1 << 14;

  @Param({"plain", "keyed", "counting"})
  String kind = "plain";

  private final WindowedValue<?>[] elements = OperatorRig.keyed(KEYS);
  private final EncodedKey[] keys = Keys.encoded(KEYS);
  private OperatorRig rig;
  private long outputs;
  private int next;

  /** Puts out what it takes. */
  private static final class PlainFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @ProcessElement
    public void process(@Element KV<Long, Long> element, OutputReceiver<KV<Long, Long>> output) {
      output.output(element);
    }
  }

  /** The same by key. */
  private static final class KeyedFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value();

    @ProcessElement
    public void process(@Element KV<Long, Long> element, OutputReceiver<KV<Long, Long>> output) {
      output.output(element);
    }
  }

  /** Counts each key's elements, and puts out what it takes. */
  private static final class CountingFn extends DoFn<KV<Long, Long>, KV<Long, Long>> {
    private static final long serialVersionUID = 1L;

    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value();

    @ProcessElement
    public void process(
        @Element KV<Long, Long> element,
        @StateId("count") ValueState<Long> count,
        OutputReceiver<KV<Long, Long>> output) {
      Long before = count.read();
      count.write(before == null ? 1 : before + 1);
      output.output(element);
    }
  }

  @Setup
  public void open() throws IOException {
    rig = new OperatorRig(ParDo.class, "Fn", this::build, element -> outputs++);
    rig.operator.startBundle();
  }

  private void build(Pipeline pipeline) {
    DoFn<KV<Long, Long>, KV<Long, Long>> fn =
        switch (kind) {
          case "plain" -> new PlainFn();
          case "keyed" -> new KeyedFn();
          default -> new CountingFn();
        };
    pipeline
        .apply(Create.of(KV.of(1L, 1L)))
        .apply("Fn", org.apache.beam.sdk.transforms.ParDo.of(fn));
  }

  @TearDown
  public void close() {
    rig.operator.finishBundle();
    rig.close();
  }

  @Benchmark
  public long process() {
    next = (next + 1) & (KEYS - 1);
    rig.operator.process(elements[next], keys[next]);
    return outputs;
  }
}
