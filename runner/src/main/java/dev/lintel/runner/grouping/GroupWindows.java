package dev.lintel.runner.grouping;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.jspecify.annotations.Nullable;

/** What a windowing strategy says about groups: whether windows merge, and which timestamp wins. */
final class GroupWindows {
  private final WindowFn<Object, BoundedWindow> windowFn;
  private final Coder<BoundedWindow> coder;
  private final TimestampCombiner timestampCombiner;
  private final boolean merging;
  private final boolean sessions;

  @SuppressWarnings("unchecked")
  GroupWindows(WindowingStrategy<?, ?> windowing) {
    windowFn = (WindowFn<Object, BoundedWindow>) windowing.getWindowFn();
    coder = windowFn.windowCoder();
    timestampCombiner = windowing.getTimestampCombiner();
    merging = windowing.needsMerge();
    sessions = merging && windowing.getWindowFn() instanceof Sessions;
  }

  WindowFn<Object, BoundedWindow> windowFn() {
    return windowFn;
  }

  Coder<BoundedWindow> coder() {
    return coder;
  }

  boolean merging() {
    return merging;
  }

  /** Whether windows are intervals that merge when, and only when, they overlap. */
  boolean sessions() {
    return sessions;
  }

  /** What two sessions that overlap become; null if they don't. */
  static @Nullable BoundedWindow merged(BoundedWindow session, BoundedWindow other) {
    IntervalWindow one = (IntervalWindow) session;
    IntervalWindow two = (IntervalWindow) other;
    if (one.isDisjoint(two)) {
      return null;
    }
    return one.contains(two) ? one : one.span(two);
  }

  /** Whether the elements' timestamps matter. */
  boolean combinesTimestamps() {
    return timestampCombiner != TimestampCombiner.END_OF_WINDOW;
  }

  long combine(long oneMillis, long otherMillis) {
    return timestampCombiner == TimestampCombiner.EARLIEST
        ? Math.min(oneMillis, otherMillis)
        : Math.max(oneMillis, otherMillis);
  }

  /** The timestamp of a group's pane, which is never behind its window. */
  long paneMillis(Group group) {
    long last = group.window.maxTimestamp().getMillis();
    return combinesTimestamps() ? Math.min(last, group.timestampMillis) : last;
  }

  /** A window's hash; the global window has none that is the same in every process. */
  static int hash(BoundedWindow window) {
    return window instanceof GlobalWindow ? 0 : window.hashCode();
  }
}
