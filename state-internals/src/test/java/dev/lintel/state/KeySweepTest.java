package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lintel.state.StateKit.Kind;
import dev.lintel.state.StateKit.Stored;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeySweepTest {
  private static final int SEEDS = 12;
  private static final int KEYS = 300;
  private static final int VALUES = 3_000;
  private static final StateSelection TRANSFORM = StateSelection.of(Set.of("transform"));
  private static final StateNamespace NAMESPACE = StateNamespaces.global();
  private static final StateTag<BagState<Integer>> BAG = StateTags.bag("bag", VarIntCoder.of());
  private static final StateTag<CombiningState<Integer, int[], Integer>> SUM =
      StateTags.combiningValueFromInputInternal("sum", VarIntCoder.of(), Sum.ofIntegers());

  @TempDir Path directory;

  private static KeyedStateInternals stateOf(TaskState task) {
    return task.keyedState("transform", StateKit.NO_HOLDS);
  }

  private static String text(EncodedKey key) {
    return new String(key.bytes(), StandardCharsets.UTF_8);
  }

  /** Bags and sums of random keys, with caches of no keys, some keys, and all of them. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void findsEachKeyOnceWithAllThatWasAddedAlsoAfterSnapshotsInBetween(Kind kind) {
    for (long seed = 0; seed < SEEDS; seed++) {
      new Run(kind, directory.resolve(kind + "-" + seed), new SplittableRandom(seed)).play();
    }
  }

  /** One seed. */
  private static final class Run {
    private final Kind kind;
    private final Path directory;
    private final SplittableRandom random;
    private final long cacheBytes;
    private final Map<String, List<Integer>> model = new HashMap<>();
    private final Map<String, List<Integer>> swept = new HashMap<>();
    private int lives;
    private int tasks;

    Run(Kind kind, Path directory, SplittableRandom random) {
      this.kind = kind;
      this.directory = directory;
      this.random = random;
      this.cacheBytes = random.nextInt(3) * 30_000L;
    }

    void play() {
      List<Stored> stored;
      try (StateBackend backend = backend();
          TaskState task = StateKit.open(backend)) {
        KeyedStateInternals state = stateOf(task);
        fill(task, state);
        stored = List.of(sweepSome(task, state, random.nextBoolean()));
      }
      for (int i = 0; i < 3; i++) {
        stored = goOn(stored, random.nextBoolean());
      }
      assertThat(goOnToTheEnd(stored)).isTrue();
      assertThat(swept).isEqualTo(model);
    }

    private StateBackend backend() {
      return kind.backend(directory.resolve("life" + lives++), cacheBytes);
    }

    private void fill(TaskState task, KeyedStateInternals state) {
      for (int value = 0; value < VALUES; value++) {
        String name = "key " + random.nextInt(KEYS);
        state.setCurrentKey(StateKit.key(name), null);
        state.state(NAMESPACE, BAG).add(value);
        state.state(NAMESPACE, SUM).add(value);
        model.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
        if (random.nextInt(VALUES / 4) == 0) {
          task.flush();
        }
      }
    }

    /** Restores into one slot or two, sweeps some keys in each, and takes their snapshots. */
    private List<Stored> goOn(List<Stored> from, boolean split) {
      List<Stored> stored = new ArrayList<>();
      int middle = StateKit.MAX_PARALLELISM / 2;
      List<KeyGroupRange> ranges =
          split
              ? List.of(
                  new KeyGroupRange(0, middle), new KeyGroupRange(middle, StateKit.MAX_PARALLELISM))
              : List.of(StateKit.ALL_GROUPS);
      for (KeyGroupRange range : ranges) {
        try (StateBackend backend = backend();
            TaskState task = restore(backend, range, from)) {
          stored.add(sweepSome(task, stateOf(task), false));
        }
      }
      return stored;
    }

    private boolean goOnToTheEnd(List<Stored> from) {
      try (StateBackend backend = backend();
          TaskState task = restore(backend, StateKit.ALL_GROUPS, from)) {
        KeySweep<BagState<Integer>> sweep = stateOf(task).sweep(NAMESPACE, BAG);
        while (sweep.hasNext()) {
          take(sweep);
        }
        task.flush();
        return !stateLeft(backend, task);
      }
    }

    /** A snapshot of a sweep that is through has nothing. */
    private boolean stateLeft(StateBackend backend, TaskState task) {
      Stored stored = Stored.of(task.snapshot(), task.keyGroups());
      try (TaskState empty = restore(backend, StateKit.ALL_GROUPS, List.of(stored))) {
        return stateOf(empty).sweep(NAMESPACE, BAG).hasNext();
      }
    }

    private TaskState restore(StateBackend backend, KeyGroupRange range, List<Stored> from) {
      return backend.restore(
          "stage/" + tasks++,
          range,
          StateKit.MAX_PARALLELISM,
          from.stream()
              .filter(
                  each ->
                      each.keyGroups().first() < range.end()
                          && range.first() < each.keyGroups().end())
              .map(each -> each.fetch(directory.resolve("fetched")))
              .toList(),
          TRANSFORM);
    }

    private Stored sweepSome(TaskState task, KeyedStateInternals state, boolean sumsFirst) {
      if (sumsFirst) {
        checkSums(state);
      }
      KeySweep<BagState<Integer>> sweep = state.sweep(NAMESPACE, BAG);
      for (int turn = 0; turn < 3; turn++) {
        int some = random.nextInt(KEYS / 6);
        for (int i = 0; i < some && sweep.hasNext(); i++) {
          take(sweep);
        }
        task.flush();
      }
      return Stored.of(task.snapshot(), task.keyGroups());
    }

    private void take(KeySweep<BagState<Integer>> sweep) {
      String name = text(sweep.next());
      List<Integer> values = new ArrayList<>();
      sweep.state().read().forEach(values::add);
      assertThat(swept.put(name, values)).as(name).isNull();
    }

    private void checkSums(KeyedStateInternals state) {
      Map<String, Integer> sums = new HashMap<>();
      var sweep = state.sweep(NAMESPACE, SUM);
      while (sweep.hasNext()) {
        sums.put(text(sweep.next()), sweep.state().read());
      }
      Map<String, Integer> expected = new HashMap<>();
      model.forEach((name, values) -> expected.put(name, values.stream().mapToInt(i -> i).sum()));
      assertThat(sums).isEqualTo(expected);
    }
  }

  /** A bag that is not kept in memory as a whole is read from the store while it is used. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void aBagThatIsTooLargeForMemoryIsReadPieceByPiece(Kind kind) {
    int count = 50_000;
    try (StateBackend backend = kind.backend(directory.resolve("large"), 100_000);
        TaskState task = StateKit.open(backend)) {
      KeyedStateInternals state = stateOf(task);
      for (String name : List.of("before", "large", "after")) {
        state.setCurrentKey(StateKit.key(name), null);
        state.state(NAMESPACE, BAG).add(-1);
      }
      for (int value = 0; value < count; value++) {
        state.setCurrentKey(StateKit.key("large"), null);
        state.state(NAMESPACE, BAG).add(value);
      }
      KeySweep<BagState<Integer>> sweep = state.sweep(NAMESPACE, BAG);
      Map<String, Integer> sizes = new HashMap<>();
      while (sweep.hasNext()) {
        String name = text(sweep.next());
        Iterable<Integer> values = sweep.state().read();
        if (kind == Kind.ROCKSDB && name.equals("large")) {
          assertThat(values).isInstanceOf(StreamedIterable.class);
        }
        int expected = -1;
        for (int value : values) {
          assertThat(value).isEqualTo(expected++);
        }
        sizes.put(name, expected + 1);
      }
      assertThat(sizes).isEqualTo(Map.of("before", 1, "large", count + 1, "after", 1));
    }
  }

  @Test
  void aStateThatWasNeverUsedHasNoKeys() {
    try (StateBackend backend = new HeapStateBackend();
        TaskState task = StateKit.open(backend)) {
      assertThat(stateOf(task).sweep(NAMESPACE, BAG).hasNext()).isFalse();
    }
  }

  @Test
  void otherKindsOfStateAndOtherNamespacesAreRefused() {
    StateTag<SetState<Integer>> set = StateTags.set("set", VarIntCoder.of());
    Coder<GlobalWindow> coder = GlobalWindow.Coder.INSTANCE;
    try (StateBackend backend = new HeapStateBackend();
        TaskState task = StateKit.open(backend)) {
      KeyedStateInternals state = stateOf(task);
      state.setCurrentKey(StateKit.key("a"), null);
      state.state(NAMESPACE, set).add(1);
      state.state(StateNamespaces.window(coder, GlobalWindow.INSTANCE), BAG).add(1);
      KeySweep<SetState<Integer>> sets = state.sweep(NAMESPACE, set);
      assertThatThrownBy(sets::next)
          .hasMessageContaining("Expected a bag or a state of one value to be swept")
          .hasMessageContaining("state 'set'");
      KeySweep<BagState<Integer>> bags = state.sweep(NAMESPACE, BAG);
      assertThatThrownBy(bags::next)
          .hasMessageContaining("Expected state 'bag' of transform 'transform' in");
    }
  }
}
