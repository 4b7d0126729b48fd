package dev.lintel.benchmarks.jmh;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.HoldListener;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.RocksDbStateBackend;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
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
 * A value that is read, changed and written through {@code StateInternals} on RocksDB, over keys
 * that come in turn: all of them in the cache, or so many that none is there when it comes again.
 * Then the figure has the read, and what eviction writes, as RocksDB's threads do it beside.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StateBenchmark {
  private static final StateTag<ValueState<Long>> VALUE =
      StateTags.value("value", VarLongCoder.of());
  private static final int MAX_PARALLELISM = 128;

  /** Keys, and the memory for the state of them in MiB. */
  @Param({"10000/256", "100000/256", "1000000/64", "5000000/256"})
  String keysAndMemory = "10000/256";

  private final HoldListener holds = new WatermarkHolds();

  /** As a DoFn's runner makes it: anew for each element. */
  private StateNamespace namespace = StateNamespaces.global();

  private EncodedKey[] keys = new EncodedKey[0];
  private RocksDbStateBackend backend;
  private TaskState task;
  private KeyedStateInternals state;
  private int next;

  @Setup
  public void open() throws IOException {
    String[] parts = keysAndMemory.split("/", -1);
    keys = Keys.encoded(Integer.parseInt(parts[0]));
    Path directory = Files.createTempDirectory("jmh-state-");
    backend = new RocksDbStateBackend(directory, Long.parseLong(parts[1]) << 20);
    task = backend.open("task", new KeyGroupRange(0, MAX_PARALLELISM), MAX_PARALLELISM);
    state = task.keyedState("transform", holds);
    for (int i = 0; i < keys.length; i++) {
      readModifyWrite();
    }
  }

  @TearDown
  public void close() {
    task.close();
    backend.close();
  }

  @Benchmark
  public long readModifyWrite() {
    next = next + 1 < keys.length ? next + 1 : 0;
    namespace = StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);
    state.setCurrentKey(Keys.arriving(keys[next]), next);
    ValueState<Long> value = state.state(namespace, VALUE);
    Long before = value.read();
    long after = before == null ? 1 : before + 1;
    value.write(after);
    return after;
  }
}
