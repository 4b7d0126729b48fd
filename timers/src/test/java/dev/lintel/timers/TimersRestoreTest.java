package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.EncodedKey;
import dev.lintel.state.HeapStateBackend;
import dev.lintel.state.KeyGroupRange;
import dev.lintel.state.KeyGroups;
import dev.lintel.state.RocksDbStateBackend;
import dev.lintel.state.StateBackend;
import dev.lintel.state.StateSelection;
import dev.lintel.state.StoredSnapshot;
import dev.lintel.state.TaskState;
import dev.lintel.state.snapshot.SnapshotFile;
import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.snapshot.StateSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Timers of all time domains through snapshots, with another number of tasks and another backend
 * each time, against a map of what is set.
 */
class TimersRestoreTest {
  private static final int MAX_PARALLELISM = 16;
  private static final int KEYS = 60;
  private static final int SEEDS = 4;
  private static final String KEPT = "timers-format-1.entries";

  @TempDir Path directory;

  @Test
  void timersHoldsAndCountsComeBack() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new Run(directory.resolve("seed" + seed), seed).play();
      } catch (AssertionError | RuntimeException | IOException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /**
   * A file of timers of each format version that there has been must stay restorable. Never change
   * {@code fill} for a version whose file is kept.
   */
  @Test
  void version1StaysRestorable() throws IOException {
    Run run = new Run(directory, 1);
    run.fill();
    Path fetched = Files.createDirectories(directory.resolve("kept"));
    try (InputStream in = TimersRestoreTest.class.getResourceAsStream("/" + KEPT)) {
      assertThat(in).as(KEPT).isNotNull();
      Files.copy(in, fetched.resolve("state.entries"));
    }
    run.open(
        new HeapStateBackend(),
        1,
        List.of(
            new StoredSnapshot(
                SnapshotFormat.ENTRIES, new KeyGroupRange(0, MAX_PARALLELISM), fetched)));
    run.check();
    run.fireAll();
  }

  /** Writes the file of the present version to the path that is given. */
  public static void main(String[] args) throws IOException {
    Run run = new Run(Files.createTempDirectory("timers"), 1);
    run.fill();
    try (StateSnapshot snapshot = run.tasks.get(0).portableSnapshot();
        OutputStream out = Files.newOutputStream(Path.of(args[0]))) {
      snapshot.files().get(0).writeTo(out);
    }
  }

  /** One run from one seed. */
  private static final class Run {
    private final Path directory;
    private final SplittableRandom random;
    private final Map<List<Object>, Long> model = new HashMap<>();
    private final Map<List<Object>, Long> modelAtSnapshot = new HashMap<>();
    private StateBackend backend = new HeapStateBackend();
    private List<TaskState> tasks = new ArrayList<>();
    private List<KeyedTimerInternals> timers = new ArrayList<>();
    private WatermarkHolds holds = new WatermarkHolds();
    private int stored;

    Run(Path directory, long seed) {
      this.directory = directory;
      this.random = new SplittableRandom(seed);
      open(backend, 1, List.of());
    }

    void play() throws IOException {
      for (int parallelism : new int[] {2, 2, 4, 3, 1, 3}) {
        change(200);
        for (int i = random.nextInt(5); i > 0; i--) {
          tasks.get(0).prepareSnapshot(1 + random.nextInt(64), 0);
        }
        List<StoredSnapshot> snapshots = take();
        change(50); // Lost, as what a task does after its last snapshot is.
        model.clear();
        model.putAll(modelAtSnapshot);
        for (TaskState task : tasks) {
          task.close();
        }
        backend.close();
        boolean heap = random.nextInt(3) == 0;
        StateBackend next =
            heap
                ? new HeapStateBackend()
                : new RocksDbStateBackend(directory.resolve("state"), 16 << 20, System::nanoTime);
        open(next, parallelism, snapshots);
        check();
      }
      fireAll();
      tasks.forEach(TaskState::close);
      backend.close();
    }

    /** Snapshots of all tasks, for each task that is opened from them in directories of its own. */
    private List<StoredSnapshot> take() throws IOException {
      modelAtSnapshot.clear();
      modelAtSnapshot.putAll(model);
      boolean portable = random.nextBoolean();
      List<StoredSnapshot> all = new ArrayList<>();
      for (TaskState task : tasks) {
        try (StateSnapshot snapshot = portable ? task.portableSnapshot() : task.snapshot()) {
          Path to = Files.createDirectories(directory.resolve("stored" + stored++));
          for (SnapshotFile file : snapshot.files()) {
            try (OutputStream out = Files.newOutputStream(to.resolve(file.name()))) {
              file.writeTo(out);
            }
          }
          all.add(new StoredSnapshot(snapshot.format(), task.keyGroups(), to));
        }
      }
      return all;
    }

    private StoredSnapshot fetched(StoredSnapshot snapshot) {
      try {
        Path to = Files.createDirectories(directory.resolve("fetched" + stored++));
        try (var files = Files.list(snapshot.directory())) {
          for (Path file : files.toList()) {
            Files.copy(file, to.resolve(file.getFileName()));
          }
        }
        return new StoredSnapshot(snapshot.format(), snapshot.keyGroups(), to);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    void open(StateBackend on, int parallelism, List<StoredSnapshot> from) {
      backend = on;
      tasks = new ArrayList<>();
      timers = new ArrayList<>();
      holds = new WatermarkHolds();
      for (int slot = 0; slot < parallelism; slot++) {
        KeyGroupRange range = KeyGroups.rangeOf(slot, MAX_PARALLELISM, parallelism);
        TaskState task =
            from.isEmpty()
                ? on.open("task/" + slot, range, MAX_PARALLELISM)
                : on.restore(
                    "task/" + slot,
                    range,
                    MAX_PARALLELISM,
                    from.stream().map(this::fetched).toList(),
                    StateSelection.of(Set.of("transform")));
        tasks.add(task);
        timers.add(
            new KeyedTimerInternals(
                task,
                "transform",
                IntervalWindow.getCoder(),
                holds,
                TimerOptions.DEFAULT.withTimersInMemoryMax(random.nextInt(4, 40))));
      }
    }

    void change(int times) {
      for (int i = 0; i < times; i++) {
        String key = "key-" + random.nextInt(KEYS);
        StateNamespace namespace = namespace(random.nextInt(3));
        TimeDomain domain = TimeDomain.values()[random.nextInt(3)];
        if (random.nextInt(5) == 0) {
          ofKey(key).deleteTimer(namespace, "id", "family", domain);
          model.remove(List.of(key, namespace, domain));
        } else {
          set(key, namespace, domain, random.nextInt(1000));
        }
      }
    }

    void fill() {
      for (int i = 0; i < KEYS; i++) {
        set("key-" + i, namespace(i % 3), TimeDomain.EVENT_TIME, 10 * i);
        set("key-" + i, StateNamespaces.global(), TimeDomain.PROCESSING_TIME, 7 * i);
        set("key-" + i, namespace(1), TimeDomain.SYNCHRONIZED_PROCESSING_TIME, 500 - i);
      }
    }

    private static StateNamespace namespace(int end) {
      return StateNamespaces.window(
          IntervalWindow.getCoder(), new IntervalWindow(new Instant(0), new Instant(end)));
    }

    private void set(String key, StateNamespace namespace, TimeDomain domain, long timestamp) {
      Instant output = new Instant(timestamp - 5);
      ofKey(key).setTimer(namespace, "id", "family", new Instant(timestamp), output, domain);
      model.put(List.of(key, namespace, domain), timestamp);
    }

    private KeyedTimerInternals ofKey(String text) {
      EncodedKey key = TreeMapTaskState.key(text);
      int group = KeyGroups.groupOf(key, MAX_PARALLELISM);
      KeyedTimerInternals of = timers.get(KeyGroups.slotOf(group, MAX_PARALLELISM, timers.size()));
      of.setCurrentKey(key);
      return of;
    }

    void check() {
      assertThat(timers.stream().mapToLong(KeyedTimerInternals::count).sum())
          .isEqualTo(model.size());
      assertThat(holds.count()).isEqualTo(model.size());
      assertThat(holds.min()).isEqualTo(first(null) - 5);
      assertThat(
              timers.stream().mapToLong(KeyedTimerInternals::nextEventTimeMillis).min().orElse(0))
          .isEqualTo(first(TimeDomain.EVENT_TIME));
      assertThat(
              timers.stream()
                  .mapToLong(KeyedTimerInternals::nextProcessingTimeMillis)
                  .min()
                  .orElse(0))
          .isEqualTo(
              Math.min(
                  first(TimeDomain.PROCESSING_TIME),
                  first(TimeDomain.SYNCHRONIZED_PROCESSING_TIME)));
      assertThat(timers.stream().anyMatch(KeyedTimerInternals::hasProcessingTimers)).isTrue();
    }

    private long first(@Nullable TimeDomain domain) {
      return model.entrySet().stream()
          .filter(entry -> domain == null || entry.getKey().get(2) == domain)
          .mapToLong(Map.Entry::getValue)
          .min()
          .orElse(Long.MAX_VALUE);
    }

    void fireAll() {
      for (KeyedTimerInternals each : timers) {
        each.advanceInputWatermark(2000);
        each.advanceProcessingTime(2000, 2000);
        for (FiredTimer fired = each.pollDue(); fired != null; fired = each.pollDue()) {
          List<Object> identity =
              List.of(
                  new String(fired.key().bytes(), StandardCharsets.UTF_8),
                  fired.timer().getNamespace(),
                  fired.timer().getDomain());
          assertThat(model.remove(identity)).isEqualTo(fired.timer().getTimestamp().getMillis());
        }
        assertThat(each.isEmpty()).isTrue();
      }
      assertThat(model).isEmpty();
      assertThat(holds.isEmpty()).isTrue();
    }
  }
}
