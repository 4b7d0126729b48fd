package dev.lintel.runner.spill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.runner.disk.RunFolder;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sorter gives what a tree map gives, whether all fits into memory or next to nothing. */
class SpillingSorterTest {
  private static final int SEEDS = 25;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 40_000, 1 << 20, 1L << 40})
  void sortsWhatATreeMapSorts(long budgetBytes) {
    for (long seed = 0; seed < SEEDS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "sorter-test-")) {
        Entries model = new Entries();
        MemoryBudget budget = new MemoryBudget(budgetBytes);
        SpillingSorter sorter = new SpillingSorter(directory, budget.share());
        int count = 1 + random.nextInt(300);
        for (int i = 0; i < count; i++) {
          byte[] key = Entries.randomKey(random);
          byte[] value = new byte[4 + (random.nextInt(20) == 0 ? random.nextInt(50_000) : 0)];
          ByteBuffer.wrap(value).putInt(i);
          sorter.add(key, value);
          model.add(key, value);
        }
        SortedEntries sorted = sorter.finish();
        check(sorted, model, random, "seed " + seed);
        sorted.close();
        assertThat(directory.openFiles()).as("seed %d", seed).isZero();
        if (budgetBytes == 1) {
          assertThat(budget.share().hold(1)).as("the pool is whole again").isTrue();
        }
      }
    }
  }

  private static void check(
      SortedEntries sorted, Entries model, SplittableRandom random, String what) {
    assertThat(sorted.size()).as(what).isEqualTo(model.sorted().size());
    assertThat(Entries.readAll(sorted.cursor())).as(what).isEqualTo(model.sorted());
    for (int i = 0; i < 10; i++) {
      byte[] key = model.keyOrNeighbour(random);
      assertThat(Entries.readAll(sorted.cursorAt(key)))
          .as("%s, from %s", what, Arrays.toString(key))
          .isEqualTo(model.from(key));
    }
  }

  @Test
  void manyRunsAreMergedOnTheWayAndStayInOrder() {
    int count = RunTiers.FAN_IN * RunTiers.FAN_IN + 5;
    try (SpillDirectory directory = new SpillDirectory(new RunFolder(folder), "sorter-test-")) {
      Entries model = new Entries();
      SpillingSorter sorter = new SpillingSorter(directory, new MemoryBudget(1).share());
      for (int i = 0; i < count; i++) {
        byte[] key = {(byte) (i % 3)};
        byte[] value = ByteBuffer.allocate(4).putInt(i).array();
        sorter.add(key, value);
        model.add(key, value);
      }
      assertThat(directory.openFiles()).isEqualTo(1 + 5);
      SortedEntries sorted = sorter.finish();
      assertThat(Entries.readAll(sorted.cursor())).isEqualTo(model.sorted());
    }
  }

  @Test
  void theBudgetIsDealtOutAndPooled() {
    MemoryBudget budget = new MemoryBudget(1_000);
    MemoryBudget.Share one = budget.share();
    MemoryBudget.Share other = budget.share();
    assertThat(one.hold(750)).as("its part of the dealt half, and the pool").isTrue();
    assertThat(one.hold(751)).isFalse();
    assertThat(other.hold(250)).as("its part is certain").isTrue();
    assertThat(other.hold(251)).as("the pool is empty").isFalse();
    one.release();
    assertThat(other.hold(740)).isTrue();
    other.close();
    other.close();
    assertThat(one.hold(990)).as("all of it").isTrue();
  }
}
