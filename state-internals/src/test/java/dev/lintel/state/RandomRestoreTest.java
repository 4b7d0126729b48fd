package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.StateKit.Kind;
import dev.lintel.state.StateKit.Stored;
import dev.lintel.state.layout.StateKeyLayout;
import dev.lintel.state.snapshot.SnapshotFormat;
import dev.lintel.state.snapshot.StateSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A job of several tasks whose state is snapshot and restored again and again, with another
 * backend, another number of tasks and in both formats, with random operations on all kinds of
 * state in between, against Beam's in-memory state. The tasks that a snapshot was taken of have
 * been emptied and closed before its files are read.
 */
class RandomRestoreTest {
  private static final int SEEDS = 3;
  private static final int RESTORES = 12;
  private static final int OPERATIONS = 400;
  private static final int KEYS = 20;
  private static final List<String> OPERATORS = List.of("first", "second");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {0, 20_000, CellCache.UNLIMITED})
  void stateIsWhatItWas(long cacheBytes) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      new Run(directory.resolve("seed" + seed), cacheBytes, seed).run();
    }
  }

  /** One run from one seed. */
  private static final class Run {
    private final Path directory;
    private final long cacheBytes;
    private final long seed;
    private final SplittableRandom random;
    private final Map<List<Integer>, InMemoryStateInternals<String>> models = new HashMap<>();
    private final List<Map<Object, WatermarkHoldState>> modelHolds = new ArrayList<>();
    private final Map<String, byte[]> contents = new HashMap<>();
    private Kind kind = Kind.ROCKSDB;
    private StateBackend backend;
    private List<Slot> slots = new ArrayList<>();
    private StateOperations operations;

    Run(Path directory, long cacheBytes, long seed) {
      this.directory = directory;
      this.cacheBytes = cacheBytes;
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.operations = new StateOperations(random.split());
      for (int i = 0; i < OPERATORS.size(); i++) {
        modelHolds.add(new HashMap<>());
      }
      backend = kind.backend(directory.resolve("state"), cacheBytes);
      for (int slot = 0; slot < 2; slot++) {
        KeyGroupRange range = KeyGroups.rangeOf(slot, StateKit.MAX_PARALLELISM, 2);
        slots.add(new Slot(backend.open("task/" + slot, range, StateKit.MAX_PARALLELISM)));
      }
    }

    void run() {
      String doing = "";
      try {
        for (int round = 0; round < RESTORES; round++) {
          doing = "operations after restore " + round + " on " + kind;
          for (int i = 0; i < OPERATIONS; i++) {
            step();
          }
          checkHolds();
          doing = "restore " + round;
          restore();
          checkHolds();
        }
        slots.forEach(slot -> slot.task.close());
        backend.close();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", " + doing, e);
      }
    }

    private void step() {
      switch (random.nextInt(40)) {
        case 0 -> anySlot().task.flush();
        case 1, 2, 3 -> anySlot().task.prepareSnapshot(1 + random.nextInt(64), 0);
        default -> {
          operate();
          operations.checkKept();
        }
      }
    }

    private Slot anySlot() {
      return slots.get(random.nextInt(slots.size()));
    }

    private void operate() {
      int operator = random.nextInt(OPERATORS.size());
      int key = random.nextInt(KEYS);
      StateNamespace namespace = namespace(random.nextInt(3));
      StateTag<? extends State> tag =
          StateOperations.TAGS.get(random.nextInt(StateOperations.TAGS.size()));
      EncodedKey encoded = StateKit.key("key " + key);
      int group = KeyGroups.groupOf(encoded, StateKit.MAX_PARALLELISM);
      Slot slot = slots.get(KeyGroups.slotOf(group, StateKit.MAX_PARALLELISM, slots.size()));
      KeyedStateInternals state = slot.operators.get(operator);
      state.setCurrentKey(encoded, key);
      State model =
          models
              .computeIfAbsent(
                  List.of(operator, key), any -> InMemoryStateInternals.forKey("key " + key))
              .state(namespace, tag);
      if (model instanceof WatermarkHoldState hold) {
        modelHolds.get(operator).put(List.of(key, namespace, tag), hold);
      }
      operations.apply(state.state(namespace, tag), model);
    }

    private static StateNamespace namespace(int number) {
      IntervalWindow window = new IntervalWindow(new Instant(0), new Instant(number));
      return number == 0
          ? StateNamespaces.global()
          : StateNamespaces.window(IntervalWindow.getCoder(), window);
    }

    private void restore() {
      List<Stored> stored = takeAll();
      backend.close();
      kind = random.nextInt(3) == 0 ? Kind.HEAP : Kind.ROCKSDB;
      int parallelism = random.nextInt(3) == 0 ? slots.size() : random.nextInt(1, 5);
      backend = kind.backend(directory.resolve("state"), cacheBytes);
      slots = new ArrayList<>();
      for (int slot = 0; slot < parallelism; slot++) {
        KeyGroupRange range = KeyGroups.rangeOf(slot, StateKit.MAX_PARALLELISM, parallelism);
        List<StoredSnapshot> from =
            stored.stream().map(each -> each.fetch(directory.resolve("fetched"))).toList();
        slots.add(
            new Slot(
                backend.restore(
                    "task/" + slot,
                    range,
                    StateKit.MAX_PARALLELISM,
                    from,
                    StateSelection.of(Set.copyOf(OPERATORS)))));
      }
      operations = new StateOperations(random.split());
    }

    /** Takes the snapshots of all tasks, spoils what they go on with, and reads the files then. */
    private List<Stored> takeAll() {
      boolean portable = random.nextInt(3) == 0;
      List<StateSnapshot> snapshots = new ArrayList<>();
      for (Slot slot : slots) {
        snapshots.add(portable ? slot.task.portableSnapshot() : slot.task.snapshot());
        slot.task.store().deleteRange(new byte[0], StateKeyLayout.ownStart());
        slot.task.snapshot().close();
      }
      if (random.nextBoolean()) {
        slots.forEach(slot -> slot.task.close());
        backend.close();
      }
      List<Stored> stored = new ArrayList<>();
      for (int i = 0; i < snapshots.size(); i++) {
        assertThat(snapshots.get(i).format())
            .isEqualTo(
                portable || kind == Kind.HEAP ? SnapshotFormat.ENTRIES : SnapshotFormat.ROCKSDB);
        checkContents(snapshots.get(i));
        stored.add(Stored.of(snapshots.get(i), slots.get(i).task.keyGroups()));
      }
      slots.forEach(slot -> slot.task.close());
      return stored;
    }

    /** Nothing else has ever been called by the same id. */
    private void checkContents(StateSnapshot snapshot) {
      for (var file : snapshot.files()) {
        String id = file.contentId();
        if (id != null) {
          ByteArrayOutputStream out = new ByteArrayOutputStream();
          try {
            file.writeTo(out);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          byte[] before = contents.putIfAbsent(id, out.toByteArray());
          assertThat(before == null || Arrays.equals(before, out.toByteArray())).as(id).isTrue();
        }
      }
    }

    private void checkHolds() {
      for (int operator = 0; operator < OPERATORS.size(); operator++) {
        Map<Long, Integer> expected = new TreeMap<>();
        for (WatermarkHoldState hold : modelHolds.get(operator).values()) {
          Instant timestamp = hold.read();
          if (timestamp != null) {
            expected.merge(timestamp.getMillis(), 1, Integer::sum);
          }
        }
        Map<Long, Integer> found = new TreeMap<>();
        for (Slot slot : slots) {
          slot.holds.get(operator).forEach((at, count) -> found.merge(at, count, Integer::sum));
        }
        found.values().removeIf(count -> count == 0);
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  /** A task with its operators, and the holds that each has reported. */
  private static final class Slot {
    private final TaskState task;
    private final List<KeyedStateInternals> operators = new ArrayList<>();
    private final List<Map<Long, Integer>> holds = new ArrayList<>();

    Slot(TaskState task) {
      this.task = task;
      for (String name : OPERATORS) {
        Map<Long, Integer> counts = new TreeMap<>();
        holds.add(counts);
        operators.add(
            task.keyedState(
                name,
                new HoldListener() {
                  @Override
                  public void holdAdded(long timestampMillis) {
                    counts.merge(timestampMillis, 1, Integer::sum);
                  }

                  @Override
                  public void holdRemoved(long timestampMillis) {
                    counts.merge(timestampMillis, -1, Integer::sum);
                  }
                }));
      }
    }
  }
}
