package dev.lintel.runner.sideinput;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.translation.plan.SideInput;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.ReadyCheckingSideInputReader;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowedValue;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The side inputs of one operator: for each view and window the last pane that came.
 *
 * <p>A window is ready when a pane has come for it, or when the side input's watermark has passed
 * the point at which its trigger is sure to have fired: then it is empty. <i>Ownership:</i> the
 * task's thread.
 */
final class SideInputPanes implements ReadyCheckingSideInputReader {
  private final List<ViewPanes> views = new ArrayList<>();
  private final Map<String, ViewPanes> byTag = new HashMap<>();
  private final Map<PCollectionView<?>, ViewPanes> byView = new HashMap<>();

  /** Main-input windows that waited and need not any more. */
  private final Deque<BoundedWindow> ready = new ArrayDeque<>();

  /** A main-input window that was found ready and not expired: neighbours mostly share theirs. */
  private @Nullable BoundedWindow lastReady;

  /**
   * @param mainLateness the main input's allowed lateness
   */
  SideInputPanes(List<SideInput> sideInputs, Duration mainLateness) {
    for (SideInput each : sideInputs) {
      ViewPanes view = new ViewPanes(each, mainLateness);
      views.add(view);
      byTag.put(each.tag(), view);
      byView.put(each.view(), view);
    }
  }

  /** Takes a pane; it replaces what its windows had before. */
  void add(String tag, WindowedValue<?> pane) {
    if (!(pane.getValue() instanceof Pane value)) {
      throw new IllegalStateException(
          "Expected a pane for the side input " + tag + ", but got " + pane.getValue());
    }
    ViewPanes view = view(tag);
    for (BoundedWindow window : pane.getWindows()) {
      view.add(window, value, pane.getPaneInfo().getIndex(), this::await);
    }
  }

  void advanceWatermark(String tag, long millis) {
    view(tag).advanceWatermark(millis, this::await);
  }

  private ViewPanes view(String tag) {
    ViewPanes view = byTag.get(tag);
    if (view == null) {
      throw new IllegalStateException(
          "Expected a side input of " + byTag.keySet() + ", but got one for " + tag);
    }
    return view;
  }

  private ViewPanes view(PCollectionView<?> view) {
    ViewPanes found = byView.get(view);
    if (found == null) {
      throw new IllegalArgumentException(
          "Expected a view among the ParDo's side inputs, but got "
              + view
              + "; pass it to withSideInputs()");
    }
    return found;
  }

  /** Every view has this main-input window's side-input window ready. */
  boolean isReady(BoundedWindow mainWindow) {
    if (mainWindow.equals(lastReady)) {
      return true;
    }
    for (ViewPanes each : views) {
      if (!each.isReady(each.windowFor(mainWindow))) {
        return false;
      }
    }
    lastReady = mainWindow;
    return true;
  }

  /** Some view may have dropped what elements of this main-input window, all too late, ask for. */
  boolean isExpired(BoundedWindow mainWindow) {
    if (mainWindow.equals(lastReady)) {
      return false;
    }
    for (ViewPanes each : views) {
      if (each.isExpired(each.windowFor(mainWindow))) {
        return true;
      }
    }
    return false;
  }

  /** Elements of a main-input window that is not ready wait: it is to be polled when it is. */
  void await(BoundedWindow mainWindow) {
    for (ViewPanes each : views) {
      BoundedWindow window = each.windowFor(mainWindow);
      if (!each.isReady(window)) {
        each.await(window, mainWindow);
        return;
      }
    }
    ready.add(mainWindow);
  }

  /** A main-input window that waited and is ready; null if there is none. */
  @Nullable BoundedWindow peekReady() {
    return ready.peek();
  }

  /** Nothing waits in {@link #peekReady} any more. */
  void removeReady() {
    ready.remove();
  }

  /** The main input's watermark: lets go of what only elements that are too late could ask for. */
  void expire(long mainWatermarkMillis) {
    lastReady = null;
    views.forEach(each -> each.expire(mainWatermarkMillis));
  }

  /** Gives every pane to a checkpoint. */
  void snapshot(OperatorSnapshot snapshot) {
    views.forEach(each -> each.snapshot(snapshot));
  }

  /** Takes panes back, before anything else is done. */
  void restore(List<RestoredOperator.File> files, RestoredPanes panes) {
    views.forEach(each -> each.restore(files, panes));
  }

  /** How many panes are kept. */
  int size() {
    return views.stream().mapToInt(ViewPanes::size).sum();
  }

  @Override
  public boolean isReady(PCollectionView<?> view, BoundedWindow window) {
    return view(view).isReady(window);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> @Nullable T get(PCollectionView<T> view, BoundedWindow window) {
    return (T) view(view).value(window);
  }

  @Override
  public <T> boolean contains(PCollectionView<T> view) {
    return byView.containsKey(view);
  }

  @Override
  public boolean isEmpty() {
    return byView.isEmpty();
  }
}
