package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.StateKit.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaceForTest;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random operations on state of all kinds, for several operators, keys and namespaces, with
 * evictions and flushes in between, against Beam's in-memory state. State objects and what was read
 * from them are kept and used again, whatever key is current.
 */
class RandomStateTest {
  private static final int SEEDS = 4;
  private static final int OPERATIONS = 6_000;
  private static final int KEYS = 7;
  private static final int HELD_MAX = 30;
  private static final List<String> OPERATORS = List.of("first", "second");

  @TempDir Path directory;

  static Stream<Arguments> backends() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                Stream.of(0L, 3_000L, 40_000L, CellCache.UNLIMITED)
                    .map(cacheBytes -> Arguments.of(kind, cacheBytes)));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void behavesAsBeamsInMemoryState(Kind kind, long cacheBytes) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try (StateBackend backend = kind.backend(directory.resolve("seed" + seed), cacheBytes);
          TaskState task = StateKit.open(backend)) {
        new Run(task, seed).run();
      }
    }
  }

  /** One run from one seed. */
  private static final class Run {
    private final TaskState task;
    private final long seed;
    private final SplittableRandom random;
    private final StateOperations operations;
    private final List<KeyedStateInternals> operators = new ArrayList<>();
    private final List<CountedHolds> holds = new ArrayList<>();
    private final Map<List<Integer>, InMemoryStateInternals<String>> models = new HashMap<>();
    private final List<Map<Object, WatermarkHoldState>> modelHolds = new ArrayList<>();
    private final List<Twins> held = new ArrayList<>();
    private final List<StateNamespace> namespaces = namespaces();

    Run(TaskState task, long seed) {
      this.task = task;
      this.seed = seed;
      this.random = new SplittableRandom(seed);
      this.operations = new StateOperations(random.split());
      for (String name : OPERATORS) {
        CountedHolds counted = new CountedHolds();
        holds.add(counted);
        modelHolds.add(new HashMap<>());
        operators.add(task.keyedState(name, counted));
      }
    }

    void run() {
      for (int step = 0; step < OPERATIONS; step++) {
        try {
          step();
        } catch (AssertionError | RuntimeException e) {
          throw new AssertionError("seed " + seed + ", step " + step, e);
        }
      }
    }

    private void step() {
      if (random.nextInt(50) == 0) {
        task.flush();
      }
      Twins twins =
          held.isEmpty() || random.nextInt(4) > 0 ? bind() : held.get(random.nextInt(held.size()));
      operations.apply(twins.ours, twins.model);
      operations.checkKept();
      checkHolds();
    }

    private Twins bind() {
      int operator = random.nextInt(OPERATORS.size());
      int key = random.nextInt(KEYS);
      StateNamespace namespace = namespaces.get(random.nextInt(namespaces.size()));
      StateTag<? extends State> tag =
          StateOperations.TAGS.get(random.nextInt(StateOperations.TAGS.size()));
      KeyedStateInternals state = operators.get(operator);
      state.setCurrentKey(StateKit.key("key " + key), key);
      assertThat(state.getKey()).isEqualTo(key);
      State model =
          models
              .computeIfAbsent(
                  List.of(operator, key), any -> InMemoryStateInternals.forKey("key " + key))
              .state(namespace, tag);
      Twins twins = new Twins(state.state(namespace, tag), model);
      assertThat(state.state(namespace, tag)).isEqualTo(twins.ours);
      if (model instanceof WatermarkHoldState hold) {
        modelHolds.get(operator).put(List.of(key, namespace, tag), hold);
      }
      if (held.size() < HELD_MAX) {
        held.add(twins);
      } else {
        held.set(random.nextInt(HELD_MAX), twins);
      }
      return twins;
    }

    private void checkHolds() {
      for (int operator = 0; operator < operators.size(); operator++) {
        Map<Long, Integer> expected = new TreeMap<>();
        for (WatermarkHoldState hold : modelHolds.get(operator).values()) {
          Instant timestamp = hold.read();
          if (timestamp != null) {
            expected.merge(timestamp.getMillis(), 1, Integer::sum);
          }
        }
        assertThat(holds.get(operator).counts).isEqualTo(expected);
      }
    }

    private static List<StateNamespace> namespaces() {
      Coder<IntervalWindow> coder = IntervalWindow.getCoder();
      IntervalWindow first = new IntervalWindow(new Instant(0), new Instant(1000));
      IntervalWindow second = new IntervalWindow(new Instant(1000), new Instant(2000));
      return List.of(
          StateNamespaces.global(),
          StateNamespaces.window(coder, first),
          StateNamespaces.window(coder, second),
          StateNamespaces.windowAndTrigger(coder, first, 0),
          new StateNamespaceForTest("test"));
    }
  }

  private record Twins(State ours, State model) {}

  private static final class CountedHolds implements HoldListener {
    private final Map<Long, Integer> counts = new TreeMap<>();

    @Override
    public void holdAdded(long timestampMillis) {
      counts.merge(timestampMillis, 1, Integer::sum);
    }

    @Override
    public void holdRemoved(long timestampMillis) {
      assertThat(counts).containsKey(timestampMillis);
      counts.computeIfPresent(timestampMillis, (key, count) -> count == 1 ? null : count - 1);
    }
  }
}
