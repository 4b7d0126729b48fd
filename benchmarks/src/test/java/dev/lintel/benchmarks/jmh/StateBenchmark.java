package dev.lintel.benchmarks.jmh;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.HoldListener;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyedStateInternals;
import dev.lintel.state.RocksDbStateBackend;
import dev.lintel.state.StateBackend;
import dev.lintel.state.TaskState;
import dev.lintel.timers.WatermarkHolds;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * A value that is read, changed and written through {@code StateInternals}, and a sum that is added
 * to. On RocksDB over keys that come in turn: all of them in the cache, or so many that none is
 * there when it comes again. Then the figure has the read, and what eviction writes, as RocksDB's
 * threads do it beside; the CPU time of the thread, which is printed after each iteration, has
 * neither that nor the work of others on the machine. Printed as well: what a new key takes, and
 * the flush.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StateBenchmark {
  private static final StateTag<ValueState<Long>> VALUE =
      StateTags.value("value", VarLongCoder.of());
  private static final StateTag<CombiningState<Long, long[], Long>> SUM =
      StateTags.combiningValueFromInputInternal("sum", VarLongCoder.of(), Sum.ofLongs());
  private static final int MAX_PARALLELISM = 128;
  private static final String HEAP = "heap";

  /** Long enough that what was cached for its beginning is not when it begins again. */
  private static final int RANDOM_KEYS = 1 << 22;

  /** Keys, the memory for the state of them in MiB or that it is on the heap, and their order. */
  @Param({
    "10000/256/turn",
    "100000/256/turn",
    "1000000/64/turn",
    "5000000/256/turn",
    "1000000/256/random",
    "1000000/heap/turn"
  })
  String keysMemoryOrder = "10000/256/turn";

  private final HoldListener holds = new WatermarkHolds();

  /** As a DoFn's runner makes it: anew for each element. */
  private StateNamespace namespace = StateNamespaces.global();

  private EncodedKey[] keys = new EncodedKey[0];

  /** The keys that come, by their index, one after the other and then from the start again. */
  private int[] order = new int[0];

  private StateBackend backend;
  private TaskState task;
  private KeyedStateInternals state;
  private int next;
  private long operations;
  private long cpuNanos;

  @Setup
  public void open(BenchmarkParams params) throws IOException {
    String[] parts = keysMemoryOrder.split("/", -1);
    keys = Keys.encoded(Integer.parseInt(parts[0]));
    order = IntStream.range(0, keys.length).toArray();
    backend = backend(parts[1]);
    task = backend.open("task", new KeyGroupRange(0, MAX_PARALLELISM), MAX_PARALLELISM);
    state = task.keyedState("transform", holds);
    begin();
    boolean sums = params.getBenchmark().endsWith("addToSum");
    for (int i = 0; i < keys.length; i++) {
      if (sums) {
        addToSum();
      } else {
        readModifyWrite();
      }
    }
    printCpu("a new key");
    if (parts[2].equals("random")) {
      order = new SplittableRandom(1).ints(RANDOM_KEYS, 0, keys.length).toArray();
      next = 0;
    }
  }

  private static StateBackend backend(String memory) throws IOException {
    return memory.equals(HEAP)
        ? new HeapStateBackend()
        : new RocksDbStateBackend(
            Files.createTempDirectory("jmh-state-"),
            Long.parseLong(memory) << 20,
            System::nanoTime);
  }

  @Setup(Level.Iteration)
  public void begin() {
    operations = 0;
    cpuNanos = threadCpuNanos();
  }

  @TearDown(Level.Iteration)
  public void printCpu() {
    printCpu("an operation");
  }

  private void printCpu(String what) {
    System.out.printf(
        "%n  %d ns of the thread's CPU for %s%n",
        (threadCpuNanos() - cpuNanos) / Math.max(1, operations), what);
  }

  private static long threadCpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  @TearDown
  public void close() {
    long start = threadCpuNanos();
    task.flush();
    System.out.printf("  %d ms for the flush%n", (threadCpuNanos() - start) / 1_000_000);
    task.close();
    backend.close();
  }

  private void takeNextKey() {
    next = next + 1 < order.length ? next + 1 : 0;
    operations++;
    namespace = StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);
    int key = order[next];
    state.setCurrentKey(Keys.arriving(keys[key]), key);
  }

  @Benchmark
  public long readModifyWrite() {
    takeNextKey();
    ValueState<Long> value = state.state(namespace, VALUE);
    Long before = value.read();
    long after = before == null ? 1 : before + 1;
    value.write(after);
    return after;
  }

  @Benchmark
  public void addToSum() {
    takeNextKey();
    state.state(namespace, SUM).add(1L);
  }
}
