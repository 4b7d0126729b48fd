package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WatermarkHoldsTest {
  private final WatermarkHolds holds = new WatermarkHolds();

  @Test
  void hasNoMinimumWhenEmpty() {
    assertThat(holds.min()).isEqualTo(Long.MAX_VALUE);
    assertThat(holds.isEmpty()).isTrue();
  }

  @Test
  void countsEqualTimestamps() {
    holds.holdAdded(5);
    holds.holdAdded(5);
    holds.holdAdded(7);
    holds.holdRemoved(5);
    assertThat(holds.min()).isEqualTo(5);
    holds.holdRemoved(5);
    assertThat(holds.min()).isEqualTo(7);
    holds.holdRemoved(7);
    assertThat(holds.min()).isEqualTo(Long.MAX_VALUE);
    assertThat(holds.count()).isZero();
  }

  @Test
  void takesTheEndsOfTime() {
    holds.holdAdded(Long.MAX_VALUE);
    holds.holdAdded(Long.MIN_VALUE);
    assertThat(holds.min()).isEqualTo(Long.MIN_VALUE);
    holds.holdRemoved(Long.MIN_VALUE);
    assertThat(holds.min()).isEqualTo(Long.MAX_VALUE);
    assertThat(holds.count()).isEqualTo(1);
  }

  @Test
  void refusesToRemoveWhatIsNotHeld() {
    holds.holdAdded(1);
    holds.holdAdded(3);
    holds.holdRemoved(3);
    assertThatThrownBy(() -> holds.holdRemoved(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Expected a hold at 3 ms");
    assertThatThrownBy(() -> holds.holdRemoved(2)).isInstanceOf(IllegalStateException.class);
  }

  /**
   * Ever later timestamps below a hold that stays: the pattern in which lazily deleted ones would
   * pile up.
   */
  @Test
  void staysSmallUnderAHoldThatStays() {
    holds.holdAdded(0);
    for (int i = 1; i < 300_000; i++) {
      holds.holdAdded(i);
      holds.holdRemoved(i);
    }
    assertThat(holds.min()).isZero();
    assertThat(holds.capacity()).isLessThan(1000);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 50, 5000})
  void isLikeASortedMapOfCounts(int spread) {
    for (long seed = 1; seed <= 20; seed++) {
      compareWithSortedMap(seed, spread);
    }
  }

  private static void compareWithSortedMap(long seed, int spread) {
    SplittableRandom random = new SplittableRandom(seed);
    WatermarkHolds holds = new WatermarkHolds();
    TreeMap<Long, Integer> model = new TreeMap<>();
    List<Long> held = new ArrayList<>();
    for (int step = 0; step < 3000; step++) {
      boolean growing = step / 700 % 2 == 0;
      if (held.isEmpty() || random.nextInt(100) < (growing ? 60 : 35)) {
        long timestamp = random.nextInt(spread) - spread / 2;
        holds.holdAdded(timestamp);
        model.merge(timestamp, 1, Integer::sum);
        held.add(timestamp);
      } else {
        int index = random.nextInt(held.size());
        long timestamp = held.set(index, held.get(held.size() - 1));
        held.remove(held.size() - 1);
        holds.holdRemoved(timestamp);
        model.computeIfPresent(timestamp, (t, count) -> count == 1 ? null : count - 1);
      }
      long expected = model.isEmpty() ? Long.MAX_VALUE : model.firstKey();
      assertThat(holds.min()).as("minimum (seed=%d, step=%d)", seed, step).isEqualTo(expected);
      assertThat(holds.count()).as("count (seed=%d, step=%d)", seed, step).isEqualTo(held.size());
    }
  }
}
