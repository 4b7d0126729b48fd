package dev.lintel.state;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Sum;

/**
 * Nanoseconds for a read-modify-write, by hand: {@code main} prints, nothing asserts; its argument
 * selects by name. Not part of the build. Measures the CPU time of the task's thread, so that
 * others on the machine disturb less; RocksDB's background work is not in it. The key objects are
 * made anew for each access, as those of arriving elements are.
 */
final class StateBenchmark {
  private static final StateTag<ValueState<Long>> VALUE =
      StateTags.value("value", VarLongCoder.of());
  private static final StateTag<CombiningState<Integer, int[], Integer>> SUM =
      StateTags.combiningValueFromInputInternal("sum", VarIntCoder.of(), Sum.ofIntegers());
  private static final StateNamespace GLOBAL = StateNamespaces.global();
  private static final int OPERATIONS = 2_000_000;
  private static final int LARGE = 1_000_000;

  private StateBenchmark() {}

  public static void main(String[] args) throws Exception {
    String wanted = args.length == 0 ? "" : args[0];
    for (int round = 0; round < 2; round++) {
      heap(1_000, "heap, 1 k keys", wanted);
      heap(LARGE, "heap, 1 M keys", wanted);
      rocksDb(1_000, 512L << 20, "rocksdb, 1 k keys, 512 MiB", wanted);
      rocksDb(LARGE, 2048L << 20, "rocksdb, 1 M keys, 2 GiB (all cached)", wanted);
      rocksDb(LARGE, 256L << 20, "rocksdb, 1 M keys, 256 MiB (a third cached)", wanted);
      rocksDb(LARGE, 64L << 20, "rocksdb, 1 M keys, 64 MiB (a tenth cached)", wanted);
    }
  }

  private static void heap(int keys, String name, String wanted) {
    if (!name.contains(wanted)) {
      return;
    }
    try (StateBackend backend = new HeapStateBackend();
        TaskState task = StateKit.open(backend)) {
      measure(task, keys, name);
    }
  }

  private static void rocksDb(int keys, long memoryBytes, String name, String wanted)
      throws Exception {
    if (!name.contains(wanted)) {
      return;
    }
    Path directory = Files.createTempDirectory("state-benchmark-");
    try (StateBackend backend = new RocksDbStateBackend(directory, memoryBytes);
        TaskState task = StateKit.open(backend)) {
      measure(task, keys, name);
    }
  }

  private static void measure(TaskState task, int keys, String name) {
    KeyedStateInternals state = task.keyedState("transform", StateKit.NO_HOLDS);
    long started = cpuNanos();
    for (int key = 0; key < keys; key++) {
      increment(state, key);
    }
    long filled = cpuNanos();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < OPERATIONS; i++) {
      increment(state, random.nextInt(keys));
    }
    long valued = cpuNanos();
    for (int i = 0; i < OPERATIONS; i++) {
      state.setCurrentKey(key(random.nextInt(keys)), null);
      state.state(GLOBAL, SUM).add(1);
    }
    long summed = cpuNanos();
    task.flush();
    long flushed = cpuNanos();
    System.out.printf(
        "%-45s new key %5d ns, value rmw %5d ns, sum add %5d ns, flush %d ms%n",
        name,
        (filled - started) / keys,
        (valued - filled) / OPERATIONS,
        (summed - valued) / OPERATIONS,
        (flushed - summed) / 1_000_000);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void increment(KeyedStateInternals state, int key) {
    state.setCurrentKey(key(key), null);
    ValueState<Long> value = state.state(GLOBAL, VALUE);
    Long before = value.read();
    value.write(before == null ? 1 : before + 1);
  }

  private static EncodedKey key(int number) {
    return new EncodedKey(ByteBuffer.allocate(8).putLong(number).array());
  }
}
