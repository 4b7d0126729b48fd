package dev.lintel.runner.grouping;

import dev.lintel.state.EncodedKey;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
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
      mergeKey(ahead.key());
    }
    return merged.poll();
  }

  private void mergeKey(EncodedKey key) throws Exception {
    int mergeAt = WINDOWS_AT_ONCE;
    while (ahead != null && ahead.isOf(key)) {
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
    for (WindowMerges.Merge each :
        WindowMerges.of(windows.windowFn(), active.keySet(), taken -> true)) {
      apply(each);
    }
  }

  private void apply(WindowMerges.Merge merge) {
    Group result = null;
    for (BoundedWindow window : merge.from()) {
      Group group = active.remove(window);
      if (group == null) {
        continue;
      }
      if (result == null) {
        result = group.in(merge.into());
        result.accumulator = group.accumulator;
        result.timestampMillis = group.timestampMillis;
      } else {
        join(result, group);
      }
    }
    if (result != null) {
      put(merge.into(), result);
    }
  }
}
