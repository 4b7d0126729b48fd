package dev.lintel.runner.operator;

import dev.lintel.runner.grouping.WindowMerges;
import dev.lintel.runner.watermark.Timestamps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** The windows that an element's windows have become. */
  record Merged(List<ActiveWindow> ofElement, Set<ActiveWindow> changed) {}

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
    Map<BoundedWindow, ActiveWindow> byWindow = new LinkedHashMap<>();
    for (int i = 0; i < active.size(); i++) {
      byWindow.put(active.get(i).window(), active.get(i));
    }
    for (BoundedWindow each : added) {
      byWindow.computeIfAbsent(each, ActiveWindow::new);
    }
    Map<BoundedWindow, ActiveWindow> results = new HashMap<>();
    for (WindowMerges.Merge each :
        WindowMerges.of(windowFn, byWindow.keySet(), window -> hasSlot(byWindow.get(window)))) {
      ActiveWindow result = apply(each, byWindow, active);
      each.from().forEach(window -> results.put(window, result));
    }
    List<ActiveWindow> ofElement = new ArrayList<>(added.size());
    for (BoundedWindow each : added) {
      ActiveWindow window = results.get(each);
      if (window == null) {
        window = byWindow.get(each);
      }
      if (window == null) {
        throw new IllegalStateException("Expected " + each + " among the windows of its key");
      }
      activate(window, active);
      ofElement.add(window);
    }
    Set<ActiveWindow> changed = new LinkedHashSet<>(results.values());
    changed.addAll(ofElement);
    return new Merged(ofElement, changed);
  }

  private static boolean hasSlot(@Nullable ActiveWindow window) {
    return window != null && window.hasSlot();
  }

  private ActiveWindow apply(
      WindowMerges.Merge merge, Map<BoundedWindow, ActiveWindow> byWindow, ActiveWindows active) {
    ActiveWindow there = byWindow.get(merge.into());
    ActiveWindow result = there == null ? new ActiveWindow(merge.into()) : there;
    for (BoundedWindow window : merge.from()) {
      ActiveWindow part = byWindow.remove(window);
      if (part != null && part != result && part.hasSlot()) {
        active.remove(part);
        if (result.hasSlot()) {
          contents.merge(result.slot(), part.slot());
        } else {
          result.slot(part.slot());
          result.begin(watermarkMillis);
          active.add(result);
        }
      }
    }
    byWindow.put(merge.into(), result);
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
