package dev.lintel.benchmarks.jmh;

import dev.lintel.runner.exchange.KeyEncoder;
import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyGroups;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What an exchange by key does for each element: the key is encoded, hashed, and gives the slot.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyEncodingBenchmark {
  private static final int KEYS = 1 << 14;
  private static final int MAX_PARALLELISM = 128;

  @Param({"long", "string"})
  String kind = "long";

  private final Object[] keys = new Object[KEYS];
  private KeyEncoder encoder = new KeyEncoder(VarLongCoder.of(), "keys");
  private int next;

  @Setup
  public void makeKeys() {
    Coder<?> coder = kind.equals("long") ? VarLongCoder.of() : StringUtf8Coder.of();
    encoder = new KeyEncoder(coder, "keys");
    for (int i = 0; i < KEYS; i++) {
      keys[i] = kind.equals("long") ? (Object) (long) i : "user-" + i;
    }
  }

  @Benchmark
  public int encodeAndHash() {
    next = (next + 1) & (KEYS - 1);
    EncodedKey key = encoder.encode(keys[next]);
    return KeyGroups.slotOf(KeyGroups.groupOf(key, MAX_PARALLELISM), MAX_PARALLELISM, 2);
  }
}
