package dev.lintel.runner.sideinput;

import dev.lintel.runner.checkpoint.OperatorSnapshot;
import dev.lintel.runner.checkpoint.RestoredOperator;
import dev.lintel.runner.watermark.Timestamps;
import dev.lintel.translation.plan.SideInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.apache.beam.sdk.transforms.ViewFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One view as one operator reads it: for each window the last pane that came, until the window has
 * expired, and the main-input windows that wait for one.
 *
 * <p>A window expires when no main-input element that is not too late maps to it any more: when the
 * watermark of the main input has passed the window's end by more than the main input's allowed
 * lateness and the window mapping's maximum lookback. (That is Beam's rule, see {@code
 * WindowMappingFn.maximumLookback()}.)
 *
 * <p>All that is looked for by time stands in a queue by time: neither a pane nor a watermark makes
 * anything scan the windows. <i>Ownership:</i> the task's thread.
 */
final class ViewPanes {
  private final PCollectionView<?> view;
  private final ViewFn<Object, Object> viewFn;
  private final Trigger trigger;
  private final PaneFiles files;
  private final long graceMillis;
  private final Entry empty;
  private final Map<BoundedWindow, Entry> entries = new HashMap<>();

  /** The windows of {@link #entries}, the first to end first. */
  private final PriorityQueue<BoundedWindow> byEnd =
      new PriorityQueue<>(Comparator.comparing(BoundedWindow::maxTimestamp));

  private final Map<BoundedWindow, Awaited> awaited = new HashMap<>();
  private final PriorityQueue<Awaited> awaitedByTime =
      new PriorityQueue<>(Comparator.comparingLong(each -> each.readyAfterMillis));

  private long watermarkMillis = Timestamps.MIN_MILLIS;
  private long expiredMillis = Timestamps.MIN_MILLIS;

  /** The window of the last look-up: neighbours mostly share it. */
  private @Nullable BoundedWindow lastWindow;

  private Entry last;

  /** A pane, and what the view function has made of it: made when it is read first. */
  private static final class Entry {
    final Pane pane;

    /** The firing that it is of, counted for each window. */
    final long number;

    boolean applied;
    @Nullable Object value;

    Entry(Pane pane, long number) {
      this.pane = pane;
      this.number = number;
    }
  }

  /** A window that has no pane yet, with the main-input windows that wait for it. */
  private static final class Awaited {
    final BoundedWindow window;
    final long readyAfterMillis;
    final List<BoundedWindow> mainWindows = new ArrayList<>();

    Awaited(BoundedWindow window, long readyAfterMillis) {
      this.window = window;
      this.readyAfterMillis = readyAfterMillis;
    }
  }

  /**
   * @param mainLateness the main input's allowed lateness
   */
  @SuppressWarnings("unchecked")
  ViewPanes(SideInput sideInput, Duration mainLateness) {
    view = sideInput.view();
    files = new PaneFiles(sideInput);
    viewFn = (ViewFn<Object, Object>) view.getViewFn();
    trigger = view.getWindowingStrategyInternal().getTrigger();
    long grace = mainLateness.getMillis() + view.getWindowMappingFn().maximumLookback().getMillis();
    graceMillis = grace < 0 ? Long.MAX_VALUE : grace;
    empty = new Entry(sideInput.byKey() ? HeapMultimapPane.EMPTY : HeapListPane.EMPTY, 0);
    last = empty;
  }

  BoundedWindow windowFor(BoundedWindow mainWindow) {
    return view.getWindowMappingFn().getSideInputWindow(mainWindow);
  }

  /**
   * Takes the pane of a window, in place of the one that was there.
   *
   * @param number of the firing
   * @param ready is told of the main-input windows that waited for it
   */
  void add(BoundedWindow window, Pane pane, long number, Consumer<BoundedWindow> ready) {
    if (isExpired(window)) {
      return;
    }
    if (entries.put(window, new Entry(pane, number)) == null) {
      byEnd.add(window);
    }
    forgetLast();
    // Its place in the queue by time goes when the watermark gets there.
    Awaited found = awaited.remove(window);
    if (found != null) {
      found.mainWindows.forEach(ready);
    }
  }

  /**
   * The side input's own watermark.
   *
   * @param ready is told of the main-input windows that need not wait any more
   */
  void advanceWatermark(long millis, Consumer<BoundedWindow> ready) {
    watermarkMillis = Math.max(watermarkMillis, millis);
    Awaited next;
    while ((next = awaitedByTime.peek()) != null && isPast(next.readyAfterMillis)) {
      awaitedByTime.remove();
      if (awaited.remove(next.window, next)) {
        next.mainWindows.forEach(ready);
      }
    }
  }

  /** A pane has come, or is sure not to come any more: the window is empty then. */
  boolean isReady(BoundedWindow window) {
    return entries.containsKey(window) || isPast(readyAfterMillis(window));
  }

  private boolean isPast(long millis) {
    return watermarkMillis > millis || watermarkMillis >= Timestamps.MAX_MILLIS;
  }

  private long readyAfterMillis(BoundedWindow window) {
    return trigger.getWatermarkThatGuaranteesFiring(window).getMillis();
  }

  /** A main-input window is to be told when {@code window}, which is not, becomes ready. */
  void await(BoundedWindow window, BoundedWindow mainWindow) {
    Awaited found = awaited.get(window);
    if (found == null) {
      found = new Awaited(window, readyAfterMillis(window));
      awaited.put(window, found);
      awaitedByTime.add(found);
    }
    found.mainWindows.add(mainWindow);
  }

  /** What the user reads. */
  @Nullable Object value(BoundedWindow window) {
    if (!window.equals(lastWindow)) {
      last = entries.getOrDefault(window, empty);
      lastWindow = window;
    }
    Entry entry = last;
    if (!entry.applied) {
      entry.value = viewFn.apply(entry.pane);
      entry.applied = true;
    }
    return entry.value;
  }

  /** Whether only elements that are too late can still ask for a window. */
  boolean isExpired(BoundedWindow window) {
    return expiredMillis - window.maxTimestamp().getMillis() > graceMillis;
  }

  /** The main input's watermark: lets go of what nobody may ask for any more. */
  void expire(long mainWatermarkMillis) {
    expiredMillis = Math.max(expiredMillis, mainWatermarkMillis);
    BoundedWindow next;
    while ((next = byEnd.peek()) != null && isExpired(next)) {
      byEnd.remove();
      entries.remove(next);
      forgetLast();
    }
  }

  private void forgetLast() {
    lastWindow = null;
    last = empty;
  }

  /** Gives each window's pane to a checkpoint. */
  void snapshot(OperatorSnapshot snapshot) {
    entries.forEach(
        (window, entry) -> snapshot.file(files.fileOf(window, entry.number, entry.pane)));
  }

  /** Takes the panes back that are of this view, of each window the last. */
  void restore(List<RestoredOperator.File> restored, RestoredPanes panes) {
    Map<BoundedWindow, PaneFiles.Stored> last = new HashMap<>();
    for (RestoredOperator.File file : restored) {
      PaneFiles.Stored stored = files.stored(file);
      if (stored != null) {
        last.merge(stored.window(), stored, (a, b) -> a.number() > b.number() ? a : b);
      }
    }
    last.forEach(
        (window, stored) ->
            add(window, panes.pane(stored, files.form()), stored.number(), none -> {}));
  }

  /** The windows that have a pane. */
  int size() {
    return entries.size();
  }
}
