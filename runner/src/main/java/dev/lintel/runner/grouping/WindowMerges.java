package dev.lintel.runner.grouping;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.WindowFn;

/** Takes from a window function what it wants merged, and checks it. */
public final class WindowMerges extends WindowFn<Object, BoundedWindow>.MergeContext {
  private final Collection<BoundedWindow> windows;
  private final Predicate<BoundedWindow> taken;
  private final Set<BoundedWindow> seen = new HashSet<>();
  private final List<Merge> merges = new ArrayList<>();

  /**
   * Windows that become one.
   *
   * @param from what is merged; {@code into} may be among them
   */
  public record Merge(List<BoundedWindow> from, BoundedWindow into) {}

  private WindowMerges(
      WindowFn<Object, BoundedWindow> windowFn,
      Collection<BoundedWindow> windows,
      Predicate<BoundedWindow> taken) {
    windowFn.super();
    this.windows = Collections.unmodifiableCollection(windows);
    this.taken = taken;
  }

  /**
   * Asks the window function.
   *
   * @param windows all windows of a key, each once
   * @param taken which of them something has been put into already: nothing else can become them
   */
  public static List<Merge> of(
      WindowFn<Object, BoundedWindow> windowFn,
      Collection<BoundedWindow> windows,
      Predicate<BoundedWindow> taken)
      throws Exception {
    WindowMerges context = new WindowMerges(windowFn, windows, taken);
    windowFn.mergeWindows(context);
    return context.merges;
  }

  @Override
  public Collection<BoundedWindow> windows() {
    return windows;
  }

  @Override
  public void merge(Collection<BoundedWindow> toBeMerged, BoundedWindow mergeResult) {
    for (BoundedWindow window : toBeMerged) {
      if (!windows.contains(window)) {
        throw new IllegalStateException(
            "Expected to merge windows that are there, but " + window + " is not");
      }
      if (!seen.add(window)) {
        throw new IllegalStateException(
            "Expected a window in at most one merge, but " + window + " is in two");
      }
    }
    if (!toBeMerged.contains(mergeResult)
        && windows.contains(mergeResult)
        && taken.test(mergeResult)) {
      throw new IllegalStateException(
          "Expected to merge windows into a new one, but "
              + mergeResult
              + " is there and not among them");
    }
    merges.add(new Merge(List.copyOf(toBeMerged), mergeResult));
  }
}
