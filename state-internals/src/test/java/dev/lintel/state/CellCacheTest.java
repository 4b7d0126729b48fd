package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.store.HeapStore;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellCacheTest {
  private static final StateTag<ValueState<String>> VALUE =
      StateTags.value("value", StringUtf8Coder.of());
  private static final StateTag<BagState<String>> BAG = StateTags.bag("bag", StringUtf8Coder.of());
  private static final int MANY = 20_000;

  private final HeapStore store = new HeapStore();

  private StoredTaskState task(long limit) {
    return StateKit.on(store, limit);
  }

  private static KeyedCells operator(TaskState task) {
    return (KeyedCells) task.keyedState("transform", StateKit.NO_HOLDS);
  }

  @Test
  void theWeightStaysAtTheLimitAndKeysInUseStay() {
    KeyedCells state = operator(task(100_000));
    state.setCurrentKey(StateKit.key("hot"), null);
    ValueState<String> hot = state.state(StateNamespaces.global(), VALUE);
    for (int i = 0; i < MANY; i++) {
      state.setCurrentKey(StateKit.key("cold " + i), null);
      state.state(StateNamespaces.global(), VALUE).write("value " + i);
      state.setCurrentKey(StateKit.key("hot"), null);
      assertThat(state.state(StateNamespaces.global(), VALUE)).isSameAs(hot);
      hot.write("hot " + i);
      assertThat(state.cache.weight()).isLessThan(100_000 + 1_000);
    }
    assertThat(state.cache.weight()).isGreaterThan(80_000);
  }

  @Test
  void largeValuesCountAsLarge() {
    KeyedCells state = operator(task(10_000_000));
    String large = "x".repeat(100_000);
    for (int i = 0; i < 1_000; i++) {
      state.setCurrentKey(StateKit.key("key " + i), null);
      state.state(StateNamespaces.global(), VALUE).write(large);
    }
    assertThat(state.cache.weight()).isLessThan(10_000_000 + 300_000);
    // As decoded 200 kB each: 50 keys are expected to be there; an estimate may be twice off.
    assertThat(state.keysInMemory()).isBetween(25, 100);
  }

  @Test
  void withoutALimitKeysThatAreDoneCostNothing() {
    KeyedCells state = operator(task(CellCache.UNLIMITED));
    long weightMax = 0;
    for (int i = 0; i < MANY; i++) {
      state.setCurrentKey(StateKit.key("key " + i), null);
      ValueState<String> value = state.state(StateNamespaces.global(), VALUE);
      value.write("value");
      state.state(StateNamespaces.global(), BAG).read();
      value.clear();
      weightMax = Math.max(weightMax, state.cache.weight());
    }
    assertThat(weightMax).isLessThan(20_000);
  }

  @Test
  void withoutALimitWindowsThatAreDoneCostNothing() {
    KeyedCells state = operator(task(CellCache.UNLIMITED));
    state.setCurrentKey(StateKit.key("only"), null);
    long weightMax = 0;
    for (int i = 0; i < MANY; i++) {
      BagState<String> bag = state.state(window(i), BAG);
      bag.add("element");
      if (i >= 10) {
        BagState<String> old = state.state(window(i - 10), BAG);
        assertThat(old.read()).containsExactly("element");
        old.clear();
      }
      weightMax = Math.max(weightMax, state.cache.weight());
    }
    assertThat(weightMax).isLessThan(20_000);
  }

  /** Whether a window was ever written to the store or not. */
  @ParameterizedTest
  @ValueSource(ints = {7, MANY + 1})
  void withALimitThatIsFarWindowsThatAreDoneCostNothing(int windowsBetweenFlushes) {
    StoredTaskState task = task(100_000_000);
    KeyedCells state = operator(task);
    state.setCurrentKey(StateKit.key("only"), null);
    long weightMax = 0;
    for (int i = 0; i < MANY; i++) {
      state.state(window(i), BAG).add("element");
      state.state(window(i), VALUE).write("value " + i);
      if (i >= 10) {
        BagState<String> bag = state.state(window(i - 10), BAG);
        ValueState<String> value = state.state(window(i - 10), VALUE);
        assertThat(bag.read()).containsExactly("element");
        assertThat(value.read()).isEqualTo("value " + (i - 10));
        bag.clear();
        value.clear();
      }
      if (i % windowsBetweenFlushes == 0) {
        task.flush();
      }
      weightMax = Math.max(weightMax, state.cache.weight());
    }
    assertThat(weightMax).isLessThan(20_000);
  }

  /** Looking into the store for each of them would make them as slow as those that are cleared. */
  @Test
  void cellsThatNeverHeldAnythingStay() {
    KeyedCells state = operator(task(100_000_000));
    state.setCurrentKey(StateKit.key("only"), null);
    List<ValueState<String>> cells = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      cells.add(state.state(window(i), VALUE));
      assertThat(cells.get(i).read()).isNull();
    }
    for (int i = 0; i < 100; i++) {
      assertThat(state.state(window(i), VALUE)).isSameAs(cells.get(i));
    }
  }

  // ---- what the store is asked ----

  @Test
  void theStoreIsNotAskedForWindowsBehindAllThatWereWritten() {
    StoredTaskState task = task(100_000_000);
    KeyedCells state = operator(task);
    state.setCurrentKey(StateKit.key("only"), null);
    state.state(window(5), VALUE).write("five");
    state.state(window(5), BAG).add("five");
    task.flush();
    // Nobody else writes to a task's store: it only shows who has looked.
    StoredTaskState other = task(100_000_000);
    KeyedCells writer = operator(other);
    writer.setCurrentKey(StateKit.key("only"), null);
    for (int i = 0; i < 10; i++) {
      writer.state(window(i), VALUE).write("from the store");
      writer.state(window(i), BAG).add("from the store");
    }
    other.flush();
    for (int i = 0; i < 10; i++) {
      if (i != 5) {
        assertThat(state.state(window(i), VALUE).read())
            .as("value of window " + i)
            .isEqualTo(i < 5 ? "from the store" : null);
        assertThat(state.state(window(i), BAG).read())
            .as("bag of window " + i)
            .hasSize(i < 5 ? 1 : 0);
      }
    }
    KeyedCells restored = operator(task(100_000_000));
    restored.setCurrentKey(StateKit.key("only"), null);
    assertThat(restored.state(window(9), VALUE).read()).isEqualTo("from the store");
  }

  @Test
  void clearedCellsLeaveNothingInTheStore() {
    StoredTaskState task = task(0);
    KeyedCells state = operator(task);
    int before = storedEntries();
    for (int i = 0; i < 100; i++) {
      state.setCurrentKey(StateKit.key("key " + i), null);
      state.state(StateNamespaces.global(), VALUE).write("value");
      state.state(window(i), BAG).add("element");
    }
    task.flush();
    assertThat(storedEntries()).isGreaterThanOrEqualTo(before + 200);
    for (int i = 0; i < 100; i++) {
      state.setCurrentKey(StateKit.key("key " + i), null);
      state.state(StateNamespaces.global(), VALUE).clear();
      state.state(window(i), BAG).clear();
    }
    task.flush();
    // Two names and the sequence number stay.
    assertThat(storedEntries()).isLessThanOrEqualTo(before + 3);
  }

  // ---- keys that are kept ----

  @Test
  void keysThatAreKeptAreKnownAfterTheyHaveBeenEvicted() {
    KeyedCells state = operator(task(10_000));
    assertThat(state.keepKeys()).isTrue();
    assertThat(state.isNearlyFull()).isFalse();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < MANY; i++) {
        assertThat(state.isKnown(StateKit.key("key " + i))).isEqualTo(round > 0);
        state.setCurrentKey(StateKit.key("key " + i), null);
        ValueState<String> value = state.state(StateNamespaces.global(), VALUE);
        BagState<String> bag = state.state(StateNamespaces.global(), BAG);
        assertThat(value.read()).isEqualTo(round == 0 ? null : (round - 1) + "-" + i);
        assertThat(bag.read()).hasSize(round);
        value.write(round + "-" + i);
        bag.add("element");
      }
    }
    assertThat(state.isNearlyFull()).isTrue();
    assertThat(state.keysInMemory()).isEqualTo(MANY);
  }

  @Test
  void withoutALimitKeysAreNotKept() {
    KeyedCells state = operator(task(CellCache.UNLIMITED));
    assertThat(state.keepKeys()).isFalse();
    assertThat(state.isNearlyFull()).isFalse();
  }

  /** Of two operators that share the cache, one begins anew; the other one has what it had. */
  @Test
  void clearedStateIsGoneFromCacheAndStoreAndThatOfOthersIsNot() {
    StoredTaskState task = task(20_000);
    KeyedCells cleared = operator(task);
    KeyedCells other = (KeyedCells) task.keyedState("other", StateKit.NO_HOLDS);
    assertThat(cleared.keepKeys()).isTrue();
    List<KeyedCells> both = List.of(cleared, other);
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 500; i++) {
        for (KeyedCells each : both) {
          each.setCurrentKey(StateKit.key("key " + i), null);
          ValueState<String> value = each.state(window(i % 3), VALUE);
          boolean known = each == other && round > 0;
          assertThat(value.read()).isEqualTo(known ? "value " + (round - 1) : null);
          value.write("value " + round);
        }
        cleared.state(StateNamespaces.global(), BAG).add("element");
      }
      ValueState<String> stale = cleared.state(window(0), VALUE);
      cleared.clear();
      assertThat(cleared.keysInMemory()).isZero();
      assertThat(cleared.isKnown(StateKit.key("key 1"))).isFalse();
      stale.write("by somebody who kept the cell");
      assertThat(stale.read()).isEqualTo("by somebody who kept the cell");
      stale.clear();
      cleared.clear();
      task.flush();
      // Besides those of the other operator a few of the task's own.
      assertThat(storedEntries()).isBetween(500, 510);
    }
  }

  @Test
  void theWeightOfWhatIsClearedIsGone() {
    KeyedCells state = operator(task(50_000));
    state.keepKeys();
    for (int i = 0; i < 1_000; i++) {
      state.setCurrentKey(StateKit.key("key " + i), null);
      state.state(StateNamespaces.global(), VALUE).write("value " + i);
    }
    assertThat(state.cache.weight()).isGreaterThan(50_000);
    state.clear();
    assertThat(state.cache.weight()).isZero();
  }

  private int storedEntries() {
    int entries = 0;
    try (var cursor = store.scan(new byte[0], new byte[] {-1, -1, -1})) {
      while (cursor.next()) {
        entries++;
      }
    }
    return entries;
  }

  private static StateNamespace window(int number) {
    return StateNamespaces.window(
        IntervalWindow.getCoder(),
        new IntervalWindow(new Instant(number), new Instant(number + 1)));
  }
}
