package dev.lintel.runner.grouping;

import java.util.Arrays;

/** Parts of runs, as offsets from and to; neighbours in a run are one extent. */
final class Extents {
  private int[] runs = new int[2];
  private long[] from = new long[2];
  private long[] to = new long[2];
  private int size;

  void add(int run, long fromOffset, long toOffset) {
    for (int i = size - 1; i >= 0; i--) {
      if (runs[i] == run) {
        if (to[i] == fromOffset) {
          to[i] = toOffset;
          return;
        }
        break;
      }
    }
    if (size == runs.length) {
      runs = Arrays.copyOf(runs, size * 2);
      from = Arrays.copyOf(from, size * 2);
      to = Arrays.copyOf(to, size * 2);
    }
    runs[size] = run;
    from[size] = fromOffset;
    to[size++] = toOffset;
  }

  void addAll(Extents others) {
    for (int i = 0; i < others.size; i++) {
      add(others.runs[i], others.from[i], others.to[i]);
    }
  }

  int size() {
    return size;
  }

  int run(int index) {
    return runs[index];
  }

  long from(int index) {
    return from[index];
  }

  long to(int index) {
    return to[index];
  }
}
