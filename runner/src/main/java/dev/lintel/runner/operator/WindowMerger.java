package dev.lintel.runner.operator;

import dev.lintel.runner.grouping.WindowMerges;
import dev.lintel.runner.watermark.Timestamps;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.jspecify.annotations.Nullable;

/**
 * Brings new windows of a key together with those that it has, and what is in them. A window that
 * comes about by merging begins without panes, unless it was there already, as Beam's does.
 *
 * <p>Sessions are intervals that merge when they overlap, which takes comparisons; any other window
 * function is asked each time, with all windows of the key, as it may merge them as it likes.
 */
final class WindowMerger {
  private final WindowFn<Object, BoundedWindow> windowFn;
  private final WindowContents contents;
  private long watermarkMillis = Timestamps.MIN_MILLIS;

  /**
   * What an element's windows have become.
   *
   * @param ofElement one for each of them
   * @param changed the same, and other results of merging, each once
   */
  record Merged(List<ActiveWindow> ofElement, List<ActiveWindow> changed) {}

  WindowMerger(WindowFn<Object, BoundedWindow> windowFn, WindowContents contents) {
    this.windowFn = windowFn;
    this.contents = contents;
  }

  void advanceInputWatermark(long millis) {
    watermarkMillis = millis;
  }

  // ---- sessions ----

  /**
   * Merges a new session that none is {@link #covering} already.
   *
   * @return the session that it is in now
   */
  ActiveWindow mergeSession(ActiveWindows active, long startMillis, long endMillis) {
    ActiveWindow session = null;
    long start = startMillis;
    long end = endMillis;
    for (int i = 0; i < active.size(); i++) {
      ActiveWindow each = active.get(i);
      if (each.overlaps(startMillis, endMillis)) {
        start = Math.min(start, each.startMillis());
        end = Math.max(end, each.endMillis());
        if (session == null) {
          session = each;
        } else {
          contents.merge(session.slot(), each.slot());
        }
      }
    }
    if (session == null) {
      ActiveWindow added = new ActiveWindow(start, end);
      added.begin(watermarkMillis);
      active.add(added);
      return added;
    }
    removeOthers(active, session, startMillis, endMillis);
    session.become(start, end, watermarkMillis);
    return session;
  }

  private static void removeOthers(
      ActiveWindows active, ActiveWindow session, long startMillis, long endMillis) {
    if (active.size() > 1) {
      active.removeIf(each -> each != session && each.overlaps(startMillis, endMillis));
    }
  }

  /** The session that a new one changes nothing of; null if there is none. */
  static @Nullable ActiveWindow covering(ActiveWindows active, long startMillis, long endMillis) {
    for (int i = 0; i < active.size(); i++) {
      ActiveWindow each = active.get(i);
      if (each.covers(startMillis, endMillis)) {
        return each;
      }
    }
    return null;
  }

  // ---- any window function ----

  /** Merges the windows of an element, all at once. */
  Merged merge(ActiveWindows active, List<BoundedWindow> added) throws Exception {
    WindowsOfKey windows = new WindowsOfKey(active, added);
    List<ActiveWindow> ofElement = windows.added();
    List<ActiveWindow> changed = new ArrayList<>(added.size());
    for (WindowMerges.Merge each : WindowMerges.of(windowFn, windows, windows::isTaken)) {
      ActiveWindow result = apply(each, windows, active);
      if (!changed.contains(result)) {
        changed.add(result);
      }
      for (int i = 0; i < added.size(); i++) {
        if (each.from().contains(added.get(i))) {
          ofElement.set(i, result);
        }
      }
    }
    if (!changed.isEmpty()) {
      active.removeIf(ActiveWindow::isMergedAway);
    }
    for (ActiveWindow each : ofElement) {
      activate(each, active);
      if (!changed.contains(each)) {
        changed.add(each);
      }
    }
    return new Merged(ofElement, changed);
  }

  private ActiveWindow apply(WindowMerges.Merge merge, WindowsOfKey windows, ActiveWindows active) {
    ActiveWindow result = windows.findOrAdd(merge.into());
    for (BoundedWindow window : merge.from()) {
      ActiveWindow part = windows.find(window);
      if (part != null && part != result) {
        part.mergeAway();
        if (part.hasSlot() && result.hasSlot()) {
          contents.merge(result.slot(), part.slot());
        } else if (part.hasSlot()) {
          result.slot(part.slot());
          result.begin(watermarkMillis);
          active.add(result);
        }
      }
    }
    activate(result, active);
    return result;
  }

  private void activate(ActiveWindow window, ActiveWindows active) {
    if (!window.hasSlot()) {
      window.begin(watermarkMillis);
      active.add(window);
    }
  }
}
