package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.RocksDbStateBackend;
import dev.lintel.state.StateBackend;
import dev.lintel.state.TaskState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Timers over the stores that jobs use, with room for a small part of them in memory. */
class TimersOnBackendsTest {
  private static final KeyGroupRange KEY_GROUPS = new KeyGroupRange(32, 64);
  private static final int MAX_PARALLELISM = 64;
  private static final int KEYS = 3000;

  private final Map<String, Long> expected = new TreeMap<>();
  private WatermarkHolds holds = new WatermarkHolds();

  @Test
  void timersFireInOrderFromTheHeap() {
    try (StateBackend backend = new HeapStateBackend()) {
      check(backend);
    }
  }

  @Test
  void timersFireInOrderFromRocksDb(@TempDir Path directory) {
    try (StateBackend backend = new RocksDbStateBackend(directory, 16L << 20, System::nanoTime)) {
      check(backend);
    }
  }

  private void check(StateBackend backend) {
    try (TaskState state = backend.open("stage-0", KEY_GROUPS, MAX_PARALLELISM)) {
      SplittableRandom random = new SplittableRandom(1);
      KeyedTimerInternals timers = open(state);
      for (int i = 0; i < 3 * KEYS; i++) {
        change(timers, random);
      }
      timers.flush();
      holds = new WatermarkHolds();
      timers = open(state);
      assertThat(timers.count()).isEqualTo(expected.size());
      assertThat(holds.count()).isEqualTo(expected.size());
      for (int i = 0; i < KEYS; i++) {
        change(timers, random);
      }
      fireAll(timers);
    }
  }

  private KeyedTimerInternals open(TaskState state) {
    TimerOptions options = TimerOptions.DEFAULT.withTimersInMemoryMax(200);
    return new KeyedTimerInternals(state, "transform", IntervalWindow.getCoder(), holds, options);
  }

  private void change(KeyedTimerInternals timers, SplittableRandom random) {
    String key = ownedKey(random);
    timers.setCurrentKey(TreeMapTaskState.key(key));
    IntervalWindow window = new IntervalWindow(new Instant(0), Duration.millis(10));
    var namespace = StateNamespaces.window(IntervalWindow.getCoder(), window);
    if (random.nextInt(4) == 0) {
      expected.remove(key);
      timers.deleteTimer(namespace, "id", "", TimeDomain.EVENT_TIME);
    } else {
      long timestamp = random.nextInt(1000);
      expected.put(key, timestamp);
      Instant output = new Instant(timestamp - 10);
      timers.setTimer(namespace, "id", "", new Instant(timestamp), output, TimeDomain.EVENT_TIME);
    }
  }

  private static String ownedKey(SplittableRandom random) {
    while (true) {
      String key = "key-" + random.nextInt(KEYS);
      int hash = TreeMapTaskState.key(key).hashCode();
      if (KEY_GROUPS.contains(Math.floorMod(hash, MAX_PARALLELISM))) {
        return key;
      }
    }
  }

  private void fireAll(KeyedTimerInternals timers) {
    timers.advanceInputWatermark(2000);
    long last = Long.MIN_VALUE;
    for (FiredTimer fired = timers.pollDue(); fired != null; fired = timers.pollDue()) {
      long timestamp = fired.timer().getTimestamp().getMillis();
      assertThat(timestamp).isGreaterThanOrEqualTo(last);
      last = timestamp;
      String key = new String(fired.key().bytes(), StandardCharsets.UTF_8);
      assertThat(expected.remove(key)).isEqualTo(timestamp);
    }
    assertThat(expected).isEmpty();
    assertThat(timers.isEmpty()).isTrue();
    assertThat(holds.isEmpty()).isTrue();
  }
}
