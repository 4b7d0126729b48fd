package dev.lintel.runner.spill;

import java.util.Arrays;
import java.util.List;

/**
 * The entries of several cursors in the order of their keys; entries with equal keys come in the
 * order of the cursors.
 */
public final class RunMerger implements EntryCursor {
  private final EntryCursor[] sources;

  /** A binary heap of the sources that have an entry: the one with the least entry comes first. */
  private final int[] heap;

  private int size;
  private boolean started;

  public RunMerger(List<? extends EntryCursor> sources) {
    this.sources = sources.toArray(EntryCursor[]::new);
    this.heap = new int[this.sources.length];
  }

  @Override
  public boolean next() {
    if (!started) {
      start();
    } else if (size > 0) {
      if (!sources[heap[0]].next()) {
        size--;
        heap[0] = heap[size];
      }
      sink(0);
    }
    return size > 0;
  }

  private void start() {
    started = true;
    for (int i = 0; i < sources.length; i++) {
      if (sources[i].next()) {
        heap[size++] = i;
      }
    }
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
  }

  private void sink(int from) {
    int moving = heap[from];
    int hole = from;
    while (2 * hole + 1 < size) {
      int child = 2 * hole + 1;
      if (child + 1 < size && precedes(heap[child + 1], heap[child])) {
        child++;
      }
      if (precedes(moving, heap[child])) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = moving;
  }

  private boolean precedes(int one, int other) {
    int order = Arrays.compareUnsigned(sources[one].key(), sources[other].key());
    return order < 0 || (order == 0 && one < other);
  }

  /** The index of the cursor that the current entry comes from. */
  public int source() {
    return heap[0];
  }

  @Override
  public byte[] key() {
    return sources[heap[0]].key();
  }

  @Override
  public int valueLength() {
    return sources[heap[0]].valueLength();
  }

  @Override
  public byte[] value() {
    return sources[heap[0]].value();
  }
}
