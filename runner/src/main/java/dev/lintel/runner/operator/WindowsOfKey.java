package dev.lintel.runner.operator;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.jspecify.annotations.Nullable;

/**
 * The windows of a key and of a new element of it, as a window function sees them while it merges:
 * each once, and none that was merged away. A key may have hundreds of them and be asked for one or
 * two, so they are searched one by one; only after many searches a table is made.
 */
final class WindowsOfKey extends AbstractCollection<BoundedWindow> {
  private static final int SEARCHES_MAX = 16;

  private final List<ActiveWindow> windows;
  private final List<ActiveWindow> added;
  private int searches;
  private @Nullable Map<BoundedWindow, ActiveWindow> table;

  WindowsOfKey(ActiveWindows active, List<BoundedWindow> newWindows) {
    windows = new ArrayList<>(active.size() + newWindows.size());
    for (int i = 0; i < active.size(); i++) {
      windows.add(active.get(i));
    }
    added = new ArrayList<>(newWindows.size());
    for (BoundedWindow each : newWindows) {
      added.add(findOrAdd(each));
    }
  }

  /** What stands for the new element's windows, one for each. */
  List<ActiveWindow> added() {
    return added;
  }

  /** Something has been put into it already. */
  boolean isTaken(BoundedWindow window) {
    ActiveWindow found = find(window);
    return found != null && found.hasSlot();
  }

  @Nullable ActiveWindow find(BoundedWindow window) {
    if (table == null && searches++ < SEARCHES_MAX) {
      return search(window);
    }
    return table().get(window);
  }

  private @Nullable ActiveWindow search(BoundedWindow window) {
    long endMillis = window.maxTimestamp().getMillis();
    for (ActiveWindow each : windows) {
      if (!each.isMergedAway() && each.is(window, endMillis)) {
        return each;
      }
    }
    return null;
  }

  private Map<BoundedWindow, ActiveWindow> table() {
    Map<BoundedWindow, ActiveWindow> made = table;
    if (made == null) {
      made = new HashMap<>();
      for (ActiveWindow each : windows) {
        if (!each.isMergedAway()) {
          made.put(each.window(), each);
        }
      }
      table = made;
    }
    return made;
  }

  ActiveWindow findOrAdd(BoundedWindow window) {
    ActiveWindow found = find(window);
    if (found != null && !found.isMergedAway()) {
      return found;
    }
    ActiveWindow fresh = new ActiveWindow(window);
    windows.add(fresh);
    if (table != null) {
      table.put(window, fresh);
    }
    return fresh;
  }

  // ---- as the window function sees them ----

  @Override
  public boolean contains(Object other) {
    return other instanceof BoundedWindow window && find(window) != null;
  }

  @Override
  public Iterator<BoundedWindow> iterator() {
    Iterator<ActiveWindow> each = windows.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return each.hasNext();
      }

      @Override
      public BoundedWindow next() {
        return each.next().window();
      }
    };
  }

  @Override
  public int size() {
    return windows.size();
  }
}
