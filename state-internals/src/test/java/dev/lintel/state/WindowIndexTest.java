package dev.lintel.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lintel.state.StateKit.Kind;
import dev.lintel.state.WindowIndex.Due;
import dev.lintel.state.store.OrderedStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WindowIndexTest {
  private static final int SEEDS = 30;
  private static final int STEPS = 400;

  @TempDir Path directory;

  private static WindowIndex open(TaskState task, long bytesMax) {
    return new WindowIndex(
        task, "transform", WindowIndex.BY_WINDOW, IntervalWindow.getCoder(), bytesMax);
  }

  private static BoundedWindow window(long start, long end) {
    return new IntervalWindow(new Instant(start), new Instant(end));
  }

  /** Against a sorted map of sets: little memory, flushes and reopenings at any moment. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void holdsWhatAModelHolds(Kind kind) {
    for (long seed = 0; seed < SEEDS; seed++) {
      try (StateBackend backend = kind.backend(directory.resolve("s" + seed), 0);
          TaskState task = StateKit.open(backend)) {
        new Run(task, new SplittableRandom(seed), "seed " + seed).play();
      }
    }
  }

  /** One seed. */
  private static final class Run {
    private final TaskState task;
    private final SplittableRandom random;
    private final String what;
    private final long bytesMax;
    private final TreeMap<Long, Set<String>> model = new TreeMap<>();
    private WindowIndex index;

    Run(TaskState task, SplittableRandom random, String what) {
      this.task = task;
      this.random = random;
      this.what = what;
      bytesMax = random.nextInt(3) * 2000L;
      index = open(task, bytesMax);
    }

    void play() {
      for (int step = 0; step < STEPS; step++) {
        switch (random.nextInt(12)) {
          case 0 -> reopen();
          case 4 -> {
            if (random.nextBoolean()) {
              index.flush();
            } else {
              index.flushSome(random.nextInt(1, 3));
            }
          }
          case 1, 2, 3 -> poll(random.nextLong(60), random.nextInt(20));
          default -> add();
        }
        long expected = model.isEmpty() ? Long.MAX_VALUE : model.firstKey();
        assertThat(index.nextTimeMillis()).as(what).isEqualTo(expected);
      }
      poll(Long.MAX_VALUE, Integer.MAX_VALUE);
      assertThat(model).as(what).isEmpty();
      reopen();
      assertThat(index.nextTimeMillis()).as(what).isEqualTo(Long.MAX_VALUE);
    }

    private void reopen() {
      index.flush();
      index = open(task, bytesMax);
    }

    private void add() {
      long time = random.nextInt(60);
      BoundedWindow window = window(time - random.nextInt(1, 3), time + 1);
      EncodedKey key = StateKit.key("key " + random.nextInt(100));
      if (model.computeIfAbsent(time, any -> new HashSet<>()).add(text(window, key))) {
        index.add(time, window, key);
      }
    }

    private void poll(long before, int max) {
      for (int i = 0; i < max; i++) {
        Due seen = index.peekBefore(before);
        Due due = index.pollBefore(before);
        assertThat(due).as(what).isEqualTo(seen);
        if (due == null) {
          assertThat(model.headMap(before)).as(what).isEmpty();
          return;
        }
        Map.Entry<Long, Set<String>> first = model.firstEntry();
        assertThat(due.timeMillis()).as(what).isEqualTo(first.getKey()).isLessThan(before);
        assertThat(first.getValue().remove(text(due.window(), due.key()))).as(what).isTrue();
        if (first.getValue().isEmpty()) {
          model.remove(first.getKey());
        }
      }
    }

    private static String text(BoundedWindow window, EncodedKey key) {
      return window + " " + new String(key.bytes(), StandardCharsets.UTF_8);
    }
  }

  /**
   * Each task of a smaller or larger job opens its own key groups, and finds exactly their keys.
   */
  @Test
  void keysFollowTheirGroups() {
    BoundedWindow window = window(0, 10);
    try (StateBackend backend = Kind.HEAP.backend(directory, 0);
        TaskState task = StateKit.open(backend)) {
      WindowIndex index = open(task, 0);
      Set<EncodedKey> added = new HashSet<>();
      for (int i = 0; i < 1000; i++) {
        EncodedKey key = StateKit.key("key " + i);
        added.add(key);
        index.add(9, window, key);
      }
      index.flush();
      List<EncodedKey> found = new ArrayList<>();
      for (int slot = 0; slot < 3; slot++) {
        KeyGroupRange range = KeyGroups.rangeOf(slot, StateKit.MAX_PARALLELISM, 3);
        WindowIndex part = open(new PartOfState(task, range), 0);
        for (Due due = part.pollBefore(10); due != null; due = part.pollBefore(10)) {
          assertThat(range.contains(KeyGroups.groupOf(due.key(), StateKit.MAX_PARALLELISM)))
              .isTrue();
          found.add(due.key());
        }
      }
      assertThat(found).containsExactlyInAnyOrderElementsOf(added);
    }
  }

  /** Some of the key groups of a task's state. */
  private record PartOfState(TaskState whole, KeyGroupRange keyGroups) implements TaskState {
    @Override
    public KeyedStateInternals keyedState(String transformName, HoldListener holds) {
      return whole.keyedState(transformName, holds);
    }

    @Override
    public int stateNumber(String transformName, String stateId) {
      return whole.stateNumber(transformName, stateId);
    }

    @Override
    public OrderedStore store() {
      return whole.store();
    }

    @Override
    public int maxParallelism() {
      return whole.maxParallelism();
    }

    @Override
    public void flush() {
      whole.flush();
    }

    @Override
    public void close() {
      whole.close();
    }
  }
}
