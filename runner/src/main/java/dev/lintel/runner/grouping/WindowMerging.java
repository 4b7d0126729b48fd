package dev.lintel.runner.grouping;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.jspecify.annotations.Nullable;

/**
 * Merges the windows of each key, as the window function says. A key's windows are held together;
 * if there are many, they are merged as they come, so that what is held follows from the number of
 * windows that are left.
 */
final class WindowMerging implements GroupCursor {
  /** So many windows are added before the window function is asked again. */
  private static final int WINDOWS_AT_ONCE = 1_000;

  private final GroupCursor groups;
  private final GroupWindows windows;
  private final Aggregation aggregation;
  private final ArrayDeque<Group> merged = new ArrayDeque<>();
  private final Map<BoundedWindow, Group> active = new LinkedHashMap<>();
  private @Nullable Group ahead;

  /**
   * @param groups those of one key come together
   */
  WindowMerging(GroupCursor groups, GroupWindows windows, Aggregation aggregation)
      throws Exception {
    this.groups = groups;
    this.windows = windows;
    this.aggregation = aggregation;
    this.ahead = groups.next();
  }

  @Override
  public @Nullable Group next() throws Exception {
    if (merged.isEmpty() && ahead != null) {
      mergeKey(ahead.key);
    }
    return merged.poll();
  }

  private void mergeKey(byte[] key) throws Exception {
    int mergeAt = WINDOWS_AT_ONCE;
    while (ahead != null && Arrays.equals(key, ahead.key)) {
      put(ahead.window, ahead);
      if (active.size() >= mergeAt) {
        mergeWindows();
        mergeAt = 2 * active.size() + WINDOWS_AT_ONCE;
      }
      ahead = groups.next();
    }
    mergeWindows();
    merged.addAll(active.values());
    active.clear();
  }

  /** Adds a group to those of its window. */
  private void put(BoundedWindow window, Group group) {
    Group same = active.putIfAbsent(window, group);
    if (same != null) {
      join(same, group);
    }
  }

  private void join(Group into, Group from) {
    into.accumulator = aggregation.merge(into.accumulator, from.accumulator);
    into.timestampMillis = windows.combine(into.timestampMillis, from.timestampMillis);
  }

  private void mergeWindows() throws Exception {
    Merges merges = new Merges(windows.windowFn(), active.keySet());
    windows.windowFn().mergeWindows(merges);
    for (Merges.Merge each : merges.merges) {
      apply(each);
    }
  }

  private void apply(Merges.Merge merge) {
    Group result = null;
    for (BoundedWindow window : merge.from) {
      Group group = active.remove(window);
      if (group == null) {
        continue;
      }
      if (result == null) {
        result = group.in(merge.into);
        result.accumulator = group.accumulator;
        result.timestampMillis = group.timestampMillis;
      } else {
        join(result, group);
      }
    }
    if (result != null) {
      put(merge.into, result);
    }
  }

  /** Takes what the window function wants merged, and checks it. */
  private static final class Merges extends WindowFn<Object, BoundedWindow>.MergeContext {
    private record Merge(List<BoundedWindow> from, BoundedWindow into) {}

    private final Set<BoundedWindow> active;
    private final Set<BoundedWindow> seen = new HashSet<>();
    final List<Merge> merges = new ArrayList<>();

    Merges(WindowFn<Object, BoundedWindow> windowFn, Set<BoundedWindow> active) {
      windowFn.super();
      this.active = active;
    }

    @Override
    public Collection<BoundedWindow> windows() {
      return active;
    }

    @Override
    public void merge(Collection<BoundedWindow> toBeMerged, BoundedWindow mergeResult) {
      for (BoundedWindow window : toBeMerged) {
        if (!active.contains(window)) {
          throw new IllegalStateException(
              "Expected to merge windows that are there, but " + window + " is not");
        }
        if (!seen.add(window)) {
          throw new IllegalStateException(
              "Expected a window in at most one merge, but " + window + " is in two");
        }
      }
      if (active.contains(mergeResult) && !toBeMerged.contains(mergeResult)) {
        throw new IllegalStateException(
            "Expected to merge windows into a new one, but "
                + mergeResult
                + " is there and not among them");
      }
      merges.add(new Merge(List.copyOf(toBeMerged), mergeResult));
    }
  }
}
