package dev.lintel.state;

import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.StateSnapshot;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.state.ValueState;

/**
 * How long a snapshot keeps a task: {@code main} fills a RocksDB state, changes a part of it, takes
 * a snapshot, again and again, with and without preparing. Arguments: MiB of state, MiB changed,
 * rounds. Not part of the build.
 */
final class SnapshotBenchmark {
  private static final StateTag<ValueState<byte[]>> VALUE =
      StateTags.value("value", ByteArrayCoder.of());
  private static final int VALUE_BYTES = 100;

  /** What the task does between two slices of preparing: 10 k writes a second, say. */
  private static final int WRITES_BETWEEN = 20;

  private static final long WAIT_NANOS = 2_000_000;

  private final TaskState task;
  private final KeyedStateInternals state;
  private final SplittableRandom random = new SplittableRandom(1);
  private final Set<String> stored = new HashSet<>();
  private final int keys;
  private final int changed;

  private SnapshotBenchmark(TaskState task, int stateMib, int changedMib) {
    this.task = task;
    this.state = task.keyedState("transform", StateKit.NO_HOLDS);
    this.keys = (int) (((long) stateMib << 20) / VALUE_BYTES);
    this.changed = (int) (((long) changedMib << 20) / VALUE_BYTES);
  }

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("snapshot-benchmark-");
    try (StateBackend backend = new RocksDbStateBackend(directory, 1L << 30, System::nanoTime);
        TaskState task = StateKit.open(backend)) {
      var benchmark =
          new SnapshotBenchmark(task, Integer.parseInt(args[0]), Integer.parseInt(args[1]));
      for (int key = 0; key < benchmark.keys; key++) {
        benchmark.write(key);
      }
      benchmark.round(true, true);
      for (int round = 0; round < Integer.parseInt(args[2]); round++) {
        benchmark.round(round % 2 == 0, false);
      }
    }
  }

  private void write(int key) {
    state.setCurrentKey(
        new EncodedKey(ByteBuffer.allocate(8).putLong(key * 0x9E3779B97F4A7C15L).array()), null);
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    state.state(StateNamespaces.global(), VALUE).write(value);
  }

  private void round(boolean prepared, boolean first) {
    for (int i = first ? changed : 0; i < changed; i++) {
      write(random.nextInt(keys));
    }
    long began = System.nanoTime();
    int slices = 0;
    long longest = 0;
    while (prepared) {
      long before = System.nanoTime();
      boolean more = task.prepareSnapshot(64, 256) != Preparation.DONE;
      longest = Math.max(longest, System.nanoTime() - before);
      if (!more) {
        break;
      }
      slices++;
      for (int i = 0; i < WRITES_BETWEEN; i++) {
        write(random.nextInt(keys));
      }
      LockSupport.parkNanos(WAIT_NANOS);
    }
    long start = System.nanoTime();
    task.flush();
    long flushed = System.nanoTime();
    StateSnapshot snapshot = task.snapshot();
    long end = System.nanoTime();
    long uploaded = 0;
    long all = 0;
    for (SnapshotFile file : snapshot.files()) {
      String id = file.contentId();
      uploaded += id == null || stored.add(id) ? file.estimatedBytes() : 0;
      all += file.estimatedBytes();
    }
    snapshot.close();
    System.out.printf(
        "prepared %-5s (%d ms, %d slices, longest %.1f ms) flush %d ms, snapshot %d ms, new %d of %d MiB%n",
        prepared,
        (start - began) / 1_000_000,
        slices,
        longest / 1e6,
        (flushed - start) / 1_000_000,
        (end - flushed) / 1_000_000,
        uploaded >> 20,
        all >> 20);
  }
}
