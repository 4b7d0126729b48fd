package dev.lintel.benchmarks.limits;

import dev.lintel.benchmarks.cases.KeyedResult;
import dev.lintel.benchmarks.cases.Keys;
import dev.lintel.benchmarks.cases.Tally;
import dev.lintel.benchmarks.cases.Work;
import dev.lintel.benchmarks.run.MeasuredRun;
import dev.lintel.benchmarks.run.RunArguments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The program of a run without a framework: two threads, of which each does the work of half the
 * keys and keeps their numbers as {@code --store} says ({@code map}, {@code rocksdb}, {@code
 * cache}).
 *
 * <p>Nothing is handed over between the threads: each looks at every number, and leaves out those
 * of the other's keys. Elements are no objects, and keys and counts are only where a collection
 * wants them to be.
 */
public final class HandWritten implements MeasuredRun.Workload {
  private static final int THREADS = 2;

  /** As in the case: the first element of a key sets a timer a day later. */
  private static final long DELAY_MILLIS = 24 * 60 * 60 * 1000L;

  private static final long ELEMENTS_PER_MILLISECOND = 1_000;

  private HandWritten() {}

  public static void main(String[] args) {
    MeasuredRun.main(args, new HandWritten());
  }

  /** What one thread does. */
  private interface Loop {
    void run(int thread) throws Exception;
  }

  @Override
  public double run(RunArguments arguments, Work work) throws Exception {
    Keys keys = Keys.of(work);
    keys.warm();
    Loop loop =
        switch (arguments.caseName()) {
          case "pardo" -> thread -> fused(work, thread);
          case "combine" -> thread -> sum(work, keys, thread, newStore(arguments));
          case "group" -> thread -> group(work, keys, thread);
          case "stateful" -> thread -> remember(work, keys, thread, newStore(arguments));
          default ->
              throw new IllegalArgumentException(
                  "Expected pardo, combine, group or stateful, but the case is "
                      + arguments.caseName());
        };
    long start = System.nanoTime();
    inThreads(loop);
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public int check(RunArguments arguments, Work work) {
    if (arguments.caseName().equals("pardo")) {
      return Tally.expect("count", work.elements());
    }
    return KeyedResult.check(work);
  }

  private static CountStore newStore(RunArguments arguments) throws Exception {
    String store = arguments.option("store", "map");
    return switch (store) {
      case "map" -> new MapStore();
      case "rocksdb" -> new RocksDbStore();
      case "cache" -> new CachedStore(new RocksDbStore());
      default ->
          throw new IllegalArgumentException(
              "Expected --store=map, rocksdb or cache, but it is " + store);
    };
  }

  private static void inThreads(Loop loop) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Void>> calls = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int number = thread;
        calls.add(
            () -> {
              loop.run(number);
              return null;
            });
      }
      for (Future<Void> each : threads.invokeAll(calls)) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static void fused(Work work, int thread) {
    long count = 0;
    long sum = 0;
    for (long index = thread; index < work.elements(); index += THREADS) {
      count++;
      sum += index * 3 + 7;
    }
    Tally.add("count", count);
    Tally.add("sum", sum);
  }

  private static void sum(Work work, Keys keys, int thread, CountStore store) throws Exception {
    try (store) {
      for (long index = 0; index < work.elements(); index++) {
        long key = keys.keyOf(index);
        if (key % THREADS == thread) {
          long before = store.get(key);
          store.put(key, before == CountStore.NONE ? 1 : before + 1);
        }
      }
      KeyedResult result = new KeyedResult();
      store.forEach(result::add);
      result.tally();
    }
  }

  private static void group(Work work, Keys keys, int thread) {
    Map<Long, List<Long>> groups = new HashMap<>();
    for (long index = 0; index < work.elements(); index++) {
      long key = keys.keyOf(index);
      if (key % THREADS == thread) {
        groups.computeIfAbsent(key, unused -> new ArrayList<>(1)).add(1L);
      }
    }
    KeyedResult result = new KeyedResult();
    groups.forEach(
        (key, values) -> {
          long sum = 0;
          for (Long each : values) {
            sum += each;
          }
          result.add(key, sum);
        });
    result.tally();
  }

  /** Timers are few different times with many keys each, since they have the elements' times. */
  private static void remember(Work work, Keys keys, int thread, CountStore store)
      throws Exception {
    try (store) {
      TreeMap<Long, List<Long>> timers = new TreeMap<>();
      for (long index = 0; index < work.elements(); index++) {
        long key = keys.keyOf(index);
        if (key % THREADS == thread) {
          long before = store.get(key);
          if (before == CountStore.NONE) {
            long due = index / ELEMENTS_PER_MILLISECOND + DELAY_MILLIS;
            timers.computeIfAbsent(due, unused -> new ArrayList<>()).add(key);
            before = 0;
          }
          store.put(key, before + 1);
        }
      }
      KeyedResult result = new KeyedResult();
      for (List<Long> due : timers.values()) {
        for (Long key : due) {
          result.add(key, store.get(key));
        }
      }
      result.tally();
    }
  }
}
