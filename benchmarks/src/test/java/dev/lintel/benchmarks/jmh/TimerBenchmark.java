package dev.lintel.benchmarks.jmh;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.RocksDbStateBackend;
import dev.lintel.state.TaskState;
import dev.lintel.timers.KeyedTimerInternals;
import dev.lintel.timers.WatermarkHolds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;
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

/**
 * An event-time timer is set for each key, all for times of one hour, and all fire: as few as
 * memory holds, or more. The figure is of one round; one timer is that divided by the keys.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class TimerBenchmark {
  private static final int MAX_PARALLELISM = 128;
  private static final long HOUR_MILLIS = 3_600_000;

  @Param({"100000", "2500000"})
  int keys = 100_000;

  private EncodedKey[] encoded = new EncodedKey[0];
  private RocksDbStateBackend backend;
  private TaskState task;
  private KeyedTimerInternals timers;
  private long hourStartMillis;

  @Setup(Level.Trial)
  public void open() throws IOException {
    encoded = Keys.encoded(keys);
    Path directory = Files.createTempDirectory("jmh-timers-");
    backend = new RocksDbStateBackend(directory, 256L << 20, System::nanoTime);
    task = backend.open("task", new KeyGroupRange(0, MAX_PARALLELISM), MAX_PARALLELISM);
    timers =
        new KeyedTimerInternals(
            task, "transform", GlobalWindow.Coder.INSTANCE, new WatermarkHolds());
  }

  @TearDown(Level.Trial)
  public void close() {
    task.close();
    backend.close();
  }

  @Benchmark
  public long setAndFire() {
    for (int i = 0; i < keys; i++) {
      timers.setCurrentKey(encoded[i]);
      Instant target = new Instant(hourStartMillis + i % HOUR_MILLIS);
      timers.setTimer(
          StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE),
          "timer",
          "",
          target,
          target,
          TimeDomain.EVENT_TIME);
    }
    hourStartMillis += HOUR_MILLIS;
    timers.advanceInputWatermark(hourStartMillis);
    long fired = 0;
    while (timers.pollDue() != null) {
      fired++;
    }
    if (fired != keys) {
      throw new IllegalStateException("Expected " + keys + " timers to fire, but it was " + fired);
    }
    return fired;
  }
}
