package dev.lintel.benchmarks.jmh;

import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.state.EncodedKey;
import dev.lintel.translation.plan.Operator;
import dev.lintel.translation.plan.Operator.CombinePerKey;
import dev.lintel.translation.plan.Operator.PartialCombine;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Sum;
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
 * A value that is added to its key's sum: before the exchange, where a table holds the sums of a
 * bundle (or has no room for so many keys), and behind it, in state, key encoded.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CombineBenchmark {
  private static final int BUNDLE = 10_000;

  /** 1,024 find room in the partial combiner, 1 Mi do not. */
  @Param({"1024", "1048576"})
  int keys = 1024;

  private WindowedValue<?>[] elements = new WindowedValue<?>[0];
  private final KeyEncoder encoder = OperatorRig.keyEncoder();
  private OperatorRig partial;
  private OperatorRig grouping;
  private long outputs;
  private int next;
  private int inBundle;

  @Setup
  public void open() throws IOException {
    elements = OperatorRig.keyed(keys);
    partial = rig(PartialCombine.class);
    grouping = rig(CombinePerKey.class);
  }

  private OperatorRig rig(Class<? extends Operator> type) throws IOException {
    OperatorRig rig = new OperatorRig(type, "Sum", CombineBenchmark::build, any -> outputs++);
    rig.operator.startBundle();
    return rig;
  }

  private static void build(Pipeline pipeline) {
    pipeline.apply(Create.of(KV.of(1L, 1L))).apply("Sum", Sum.longsPerKey());
  }

  @TearDown
  public void close() {
    partial.close();
    grouping.close();
  }

  @Benchmark
  public long partialCombine() {
    next = (next + 1) & (keys - 1);
    partial.operator.process(elements[next], null);
    if (++inBundle == BUNDLE) {
      inBundle = 0;
      partial.operator.finishBundle();
      partial.operator.startBundle();
    }
    return outputs;
  }

  /** With the exchange's encoding of the key. */
  @Benchmark
  public long endOfWindowGrouping() {
    next = (next + 1) & (keys - 1);
    EncodedKey key = encoder.encode(((KV<?, ?>) elements[next].getValue()).getKey());
    grouping.operator.process(elements[next], key);
    return outputs;
  }
}
