package dev.lintel.benchmarks.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ZipfKeysTest {
  private static final int KEYS = 1_000;
  private static final int SAMPLES = 2_000_000;

  @Test
  void aRankComesInProportionToItsReciprocal() {
    ZipfKeys keys = new ZipfKeys(KEYS);
    int[] seen = new int[KEYS];
    for (long index = 0; index < SAMPLES; index++) {
      seen[(int) keys.rankOf(index)]++;
    }
    double total = 0;
    for (int rank = 1; rank <= KEYS; rank++) {
      total += 1.0 / rank;
    }
    for (int rank = 0; rank < KEYS; rank++) {
      double expected = SAMPLES / ((rank + 1) * total);
      // Six standard deviations of a count: none of a thousand ranks is that far off by chance.
      assertThat((double) seen[rank])
          .as("rank %d", rank)
          .isCloseTo(expected, within(6 * Math.sqrt(expected)));
    }
  }

  @Test
  void everyRankHasAKeyOfItsOwn() {
    ZipfKeys keys = new ZipfKeys(KEYS);
    long[] keyOfRank = new long[KEYS];
    Set<Long> different = new HashSet<>();
    for (long index = 0; index < SAMPLES; index++) {
      keyOfRank[(int) keys.rankOf(index)] = keys.keyOf(index);
    }
    for (long key : keyOfRank) {
      assertThat(key).isBetween(0L, KEYS - 1L);
      different.add(key);
    }
    assertThat(different).hasSize(KEYS);
  }

  @Test
  void aKeyDependsOnTheIndexAlone() {
    ZipfKeys one = new ZipfKeys(KEYS);
    ZipfKeys other = new ZipfKeys(KEYS);
    for (long index = SAMPLES; index > 0; index -= 997) {
      assertThat(one.keyOf(index)).isEqualTo(other.keyOf(index));
    }
  }

  @Test
  void oneKeyIsAllThereIs() {
    ZipfKeys keys = new ZipfKeys(1);
    for (long index = 0; index < 100; index++) {
      assertThat(keys.keyOf(index)).isZero();
    }
  }

  @Test
  void distinctKeysAreCounted() {
    assertThat(Keys.distinct(Work.cyclic(10, 20))).isEqualTo(10);
    assertThat(Keys.distinct(Work.cyclic(20, 10))).isEqualTo(10);
    Work few = Work.zipf(500, KEYS);
    Set<Long> seen = new HashSet<>();
    for (long index = 0; index < few.elements(); index++) {
      seen.add(Keys.of(few).keyOf(index));
    }
    assertThat(Keys.distinct(few)).isEqualTo(seen.size()).isLessThan(500);
  }
}
