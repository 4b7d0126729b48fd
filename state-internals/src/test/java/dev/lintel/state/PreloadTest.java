package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.store.HeapStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.ValueState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Preloading keys changes nothing about what is found, whatever happens to them before. */
class PreloadTest {
  private static final StateTag<ValueState<Integer>> COUNT =
      StateTags.value("count", VarIntCoder.of());

  /** More than fit into the small caches: keys go between their preloading and their turn. */
  private static final int KEYS = 6_000;

  private static final int BATCHES = 400;
  private static final int BATCH_MAX = 256;

  private final Random random = new Random(11);
  private final Map<String, Integer> expected = new HashMap<>();

  /** About 10, 3,000 and all keys; some of them are longer than what is compared at once. */
  @ParameterizedTest
  @ValueSource(longs = {4_000, 1_000_000, CellCache.UNLIMITED})
  void countsAreRightWhateverIsSkippedRepeatedNewOrEvicted(long limit) {
    KeyedCells state =
        (KeyedCells) StateKit.on(new HeapStore(), limit).keyedState("transform", StateKit.NO_HOLDS);
    for (int batch = 0; batch < BATCHES; batch++) {
      String[] names = names();
      EncodedKey[] keys = new EncodedKey[names.length];
      for (int i = 0; i < names.length; i++) {
        keys[i] = StateKit.key(names[i]);
      }
      state.preload(keys, names.length);
      for (int i = 0; i < names.length; i++) {
        if (random.nextInt(8) > 0) {
          count(state, keys[i], names[i]);
        }
        if (random.nextInt(8) == 0) {
          String other = name();
          count(state, StateKit.key(other), other);
        }
      }
      if (batch == BATCHES / 2) {
        state.clear();
        expected.clear();
      }
    }
    expected.forEach(
        (name, count) -> {
          state.setCurrentKey(StateKit.key(name), null);
          assertThat(state.state(StateNamespaces.global(), COUNT).read()).as(name).isEqualTo(count);
        });
    assertThat(expected).hasSizeGreaterThan(KEYS / 2);
  }

  @Test
  void clearedKeysAreNotFoundThoughTheyWerePreloaded() {
    KeyedCells state =
        (KeyedCells)
            StateKit.on(new HeapStore(), CellCache.UNLIMITED)
                .keyedState("transform", StateKit.NO_HOLDS);
    EncodedKey[] keys = new EncodedKey[KEYS];
    for (int i = 0; i < KEYS; i++) {
      keys[i] = StateKit.key("key " + i);
      count(state, keys[i], "key " + i);
    }
    state.preload(keys, KEYS);
    state.clear();
    state.setCurrentKey(keys[0], null);
    assertThat(state.state(StateNamespaces.global(), COUNT).read()).isNull();
  }

  private String[] names() {
    String[] names = new String[1 + random.nextInt(BATCH_MAX)];
    for (int i = 0; i < names.length; i++) {
      names[i] = i > 0 && random.nextInt(4) == 0 ? names[random.nextInt(i)] : name();
    }
    return names;
  }

  private String name() {
    int number = random.nextInt(KEYS);
    return number % 2 == 0 ? "" + number : "a long key " + number;
  }

  private void count(KeyedCells state, EncodedKey key, String name) {
    state.setCurrentKey(key, null);
    ValueState<Integer> count = state.state(StateNamespaces.global(), COUNT);
    Integer before = count.read();
    assertThat(before).as(name).isEqualTo(expected.get(name));
    int after = before == null ? 1 : before + 1;
    count.write(after);
    expected.put(name, after);
  }
}
