package dev.lintel.timers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import org.apache.beam.runners.core.StateNamespaces;
import org.junit.jupiter.api.Test;

class TimerOrderTest {
  private static TimerEntry timer(int number, long timestamp, int tieGroups) {
    TimerIdentity identity =
        new TimerIdentity(
            TreeMapTaskState.key("key-" + number % tieGroups),
            StateNamespaces.global(),
            "",
            "id-" + number);
    TimerEntry timer = new TimerEntry(identity, number % tieGroups % 16);
    timer.timestamp = timestamp;
    timer.inHead = true;
    return timer;
  }

  @Test
  void sortsTimersOfEveryDistribution() {
    checkSort("equal", any -> 7);
    checkSort("ascending", number -> number);
    checkSort("descending", number -> -number);
    checkSort("few distinct", number -> number % 5);
    checkSort("extremes", number -> number % 3 == 0 ? Long.MIN_VALUE : Long.MAX_VALUE - number % 2);
    checkSort("exponential", number -> 1L << number % 62);
    SplittableRandom random = new SplittableRandom(1);
    checkSort("random", any -> random.nextLong());
    checkSort("clustered", number -> (number % 10 == 0 ? 1L << 50 : 0) + random.nextInt(100));
  }

  private static void checkSort(String name, LongUnaryOperator timestamps) {
    for (int tieGroups : new int[] {1, 10, 1000}) {
      for (int size : new int[] {0, 1, 2, 24, 25, 300, 3000}) {
        TimerSlots slots = new TimerSlots(0);
        TimerEntry[] expected = new TimerEntry[size];
        for (int i = 0; i < size; i++) {
          expected[i] = timer(i, timestamps.applyAsLong(i), tieGroups);
          slots.append(expected[i].timestamp, expected[i]);
        }
        SlotSort.sort(slots);
        Arrays.sort(expected, TimerEntry::compareByTime);
        for (int i = 0; i < size; i++) {
          assertThat(slots.timer(i)).as("%s, %d, %d", name, size, i).isSameAs(expected[i]);
          assertThat(slots.time(i))
              .as("%s, %d, %d", name, size, i)
              .isEqualTo(expected[i].timestamp);
        }
      }
    }
  }

  /** Thousands of timers, so that runs are made again and again, against a sorted set. */
  @Test
  void isLikeASortedSet() {
    for (long seed = 1; seed <= 6; seed++) {
      new Run(seed).run();
    }
  }

  /** As when a timer goes to the tail and comes back to the same time over and over. */
  @Test
  void takesOneOfEqualSlots() {
    TimerOrder order = new TimerOrder();
    TimerEntry timer = timer(1, 5, 1);
    for (int i = 0; i < 10_000; i++) {
      order.push(timer);
      order.dropVoidIfMany(1);
    }
    assertThat(order.settle()).isEqualTo(1);
    assertThat(order.at(0)).isSameAs(timer);
  }

  private static final class Run {
    private final long seed;
    private final SplittableRandom random;
    private final TimerOrder order = new TimerOrder();
    private final TreeSet<TimerEntry> model = new TreeSet<>(TimerEntry::compareByTime);
    private final List<TimerEntry> known = new ArrayList<>();

    Run(long seed) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
    }

    void run() {
      int spread = random.nextBoolean() ? 50 : 100_000;
      for (int step = 0; step < 60_000; step++) {
        boolean growing = step % 30_000 < 18_000;
        int what = random.nextInt(100);
        if (what < (growing ? 60 : 15)) {
          TimerEntry timer = timer(step, random.nextInt(spread), 1 + random.nextInt(500));
          known.add(timer);
          model.add(timer);
          order.push(timer);
        } else if (what < (growing ? 85 : 40) && !known.isEmpty()) {
          move(known.get(random.nextInt(known.size())), random.nextInt(spread));
        } else if (what < (growing ? 90 : 50) && !known.isEmpty()) {
          remove(known.get(random.nextInt(known.size())));
        } else {
          poll(step);
        }
      }
      while (!model.isEmpty()) {
        poll(-1);
      }
      assertThat(order.peek()).as("seed=%d", seed).isNull();
    }

    private void move(TimerEntry timer, long timestamp) {
      if (timer.inHead) {
        model.remove(timer);
        timer.timestamp = timestamp;
        model.add(timer);
        if (timestamp < timer.slotTime) {
          order.push(timer);
        }
        order.dropVoidIfMany(model.size());
      }
    }

    private void remove(TimerEntry timer) {
      if (timer.inHead) {
        model.remove(timer);
        timer.inHead = false;
        order.dropVoidIfMany(model.size());
      }
    }

    private void poll(int step) {
      TimerEntry first = order.peek();
      TimerEntry expected = model.pollFirst();
      assertThat(first).as("seed=%d, step=%d", seed, step).isSameAs(expected);
      if (first != null) {
        order.removeFirst();
        first.inHead = false;
      }
    }
  }
}
